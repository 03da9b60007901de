// SPDX-License-Identifier: MIT
#include "libcan/fleet/publisher.h"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "libcan/fleet/topics.h"
#include "libcan/model/fail.h"

namespace can::fleet {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestAck = 64;  // bytes
constexpr unsigned kMaxStrangers = 8;    // told: anybody may invent acknowledgements
constexpr auto kSyncEvery = 900ms;       // each batch of a second

std::uint64_t random_run() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

MqttOptions with_will(MqttOptions mqtt) {
  mqtt.will_topic = mqtt.url.topic + std::string(kStatus);
  return mqtt;
}

}  // namespace

Publisher::Publisher(PublisherOptions options)
    : options_(std::move(options)),
      spool_(options_.spool_folder, options_.mqtt.url.text(), options_.spool_limit, options_.full),
      batcher_(options_.batch),
      next_{.run = random_run()},
      heard_(Clock::now()),
      delivery_(spool_, options_.render ? Delivery::By::broker : Delivery::By::sink),
      client_(with_will(options_.mqtt), *this),
      unreached_(client_.why_lost()),
      keeping_([this] { keep(); }),
      delivering_([this](const std::stop_token& stop) { deliver(stop); }) {}

Publisher::~Publisher() {
  finish();
  spool_.cancel();
  keeping_.join();
  delivering_.request_stop();
  client_.wake();
}

void Publisher::write(std::span<const Message>& messages, std::chrono::nanoseconds patience) {
  batcher_.add(messages, patience);
}

bool Publisher::wait_acknowledged(std::chrono::nanoseconds patience) {
  std::unique_lock lock(mutex_);
  const auto all = [this] { return kept_ && delivery_.complete(); };
  const bool complete = acknowledged_.wait_for(lock, patience, all);
  complete ? spool_.finish() : spool_.check();
  return complete;
}

void Publisher::keep() {
  while (auto batch = batcher_.take()) {
    keep(*batch);
    batcher_.reuse(std::move(batch));
  }
  std::lock_guard lock(mutex_);
  kept_ = true;
  acknowledged_.notify_all();
}

void Publisher::keep(canb::Encoder& batch) {
  const std::uint64_t frames = batch.frames();
  next_.dropped = options_.dropped ? options_.dropped() : 0;
  next_.dropped_here = spool_.lost();
  const std::string bytes = batch.take(next_);
  const auto trouble = spool_.append(bytes, frames);
  if (trouble && *trouble != trouble_) say(*trouble);
  trouble_ = trouble.value_or("");
  ++next_.number;
  next_.first_frame += frames;
  bytes_ += bytes.size();
  client_.wake();
  if (options_.full == Spool::Full::drop) sync();
}

/// A converted log needs no sync: it can be converted again.
void Publisher::sync() try {
  if (Clock::now() - synced_ < kSyncEvery) return;
  synced_ = Clock::now();
  spool_.sync();
} catch (const Error& error) {
  say(error.what());
}

void Publisher::deliver(const std::stop_token& stop) {
  while (!stop.stop_requested()) try {
      send_ready();
      client_.step(std::min<Clock::duration>(delivery_.due() - Clock::now(), 1s));
    } catch (const Error& error) {
      say(error.what());
      client_.step(1s);
    }
  client_.publish(topic(kStatus), "offline", 1, true);
  client_.disconnect();
}

void Publisher::send_ready() {
  while (client_.idle()) {
    std::unique_lock lock(mutex_);
    const auto sending = delivery_.next(Clock::now());
    lock.unlock();
    if (!sending) return;
    send(*sending);
  }
}

void Publisher::send(const Delivery::Sending& sending) {
  const Spool::Batch& batch = sending.batch;
  if (options_.render) {
    const int id = client_.publish(topic(kText), options_.render(batch.bytes), 1);
    unconfirmed_.emplace_back(id, batch.position);
    return;
  }
  runs_.insert(batch.position.run);
  if (sending.begins) client_.publish(topic(kBegin), to_text(batch.position));
  client_.publish(topic(kRaw), batch.bytes);
}

/// The broker acknowledges in order.
void Publisher::on_published(int id) {
  const auto found = std::ranges::find(unconfirmed_, id, &std::pair<int, Position>::first);
  if (found == unconfirmed_.end()) return;
  heard(found->second);
  unconfirmed_.erase(unconfirmed_.begin(), found + 1);
}

void Publisher::heard(Position last) {
  std::lock_guard lock(mutex_);
  delivery_.acknowledge(last, Clock::now());
  heard_ = Clock::now();
  acknowledged_.notify_all();
}

void Publisher::on_notice(const std::string& text) {
  std::unique_lock lock(mutex_);
  unreached_ = client_.why_lost();
  lock.unlock();
  say(text);
}

std::string Publisher::unreached() const {
  std::lock_guard lock(mutex_);
  return unreached_;
}

void Publisher::on_connected() {
  client_.subscribe(topic(kAck));
  if (takes_tx()) client_.subscribe(topic(kTx));
  client_.publish(topic(kStatus), "online", 1, true);
  std::lock_guard lock(mutex_);
  unreached_.clear();
  delivery_.connected(Clock::now());
}

void Publisher::on_message(std::string_view from, std::span<const std::uint8_t> payload) try {
  if (from == topic(kAck)) acknowledge(payload);
  if (from == topic(kTx) && takes_tx()) pass_on(payload);
} catch (const Error& error) {
  say(error.what());
}

void Publisher::acknowledge(std::span<const std::uint8_t> payload) {
  if (payload.size() > kLongestAck) return;
  const auto last = parse_position({reinterpret_cast<const char*>(payload.data()), payload.size()});
  if (!last) return;
  heard(*last);
  if (!runs_.contains(last->run)) check_stranger(*last);
}

/// A run of an earlier program with another spool may be acknowledged once more; one that goes on
/// is another program's.
void Publisher::check_stranger(Position last) {
  const bool goes_on = stranger_ && stranger_->run == last.run && last.number > stranger_->number;
  stranger_ = last;
  if (!goes_on || strangers_ == kMaxStrangers) return;
  ++strangers_;
  say(fmt::format("{}: another program publishes for this vehicle, too, as run {:016x}",
                  options_.mqtt.url.text(), last.run));
  runs_.insert(last.run);  // is told
}

/// All of a batch, or nothing: a sequence that lacks messages may do harm.
void Publisher::pass_on(std::span<const std::uint8_t> payload) {
  std::vector<Message> messages;
  if (canb::size_of(payload) != payload.size()) fail(Errc::corrupt, "damaged batch to be sent");
  canb::decode(payload, messages);
  const auto allowed = [this](const Message& message) {
    return !message.error && matches(options_.tx_allow, message);
  };
  if (!std::ranges::all_of(messages, allowed))
    fail(Errc::invalid, "{}: refused to send messages that --tx-allow doesn't name", topic(kTx));
  options_.on_tx(messages);
}

void Publisher::say(const std::string& text) const {
  if (options_.on_notice) options_.on_notice(text);
}

}  // namespace can::fleet
