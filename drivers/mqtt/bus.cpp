// SPDX-License-Identifier: MIT
#include "drivers/mqtt/bus.h"

#include <utility>

#include "cansuite/sendable.h"
#include "libcan/fleet/topics.h"
#include "libcan/fleet/vehicle_topic.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace fleet;
using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr std::size_t kMaxVehicles = 10'000;  // each with channels of its own

}  // namespace

MqttBus::MqttBus(const MqttOptions& mqtt, bool may_send)
    : name_("mqtt " + mqtt.url.text()),
      pattern_(mqtt.url.topic),
      several_(pattern_.find('+') != pattern_.npos),
      may_send_(may_send),
      client_(mqtt, *this),
      thread_([this](const std::stop_token& stop) { run(stop); }) {
  if (several_ && may_send)
    fail(Errc::invalid, "sending is for one vehicle, not for {}", quote(pattern_));
}

MqttBus::~MqttBus() {
  thread_.request_stop();
  client_.wake();
}

void MqttBus::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    publish_waiting();
    client_.step(1s);
  }
  publish_waiting();
  client_.disconnect();
}

void MqttBus::publish_waiting() {
  if (!client_.idle()) return;
  std::lock_guard lock(mutex_);
  if (sending_.frames() > 0) client_.publish(pattern_ + std::string(kTx), sending_.take({}));
  unsent_ = !client_.idle();
  if (!unsent_) sent_.notify_all();
}

void MqttBus::flush() {
  std::unique_lock lock(mutex_);
  if (!sent_.wait_for(lock, kPatience, [this] { return !unsent_; }))
    fail(Errc::io, "{}: the broker doesn't take the messages", name());
}

void MqttBus::on_connected() { client_.subscribe(pattern_ + std::string(kRaw)); }

void MqttBus::on_message(std::string_view topic, std::span<const std::uint8_t> payload) try {
  const auto parts = parse_topic(topic);
  receive(parts ? vehicle_of(pattern_, parts->topic) : "", payload);
} catch (const Error&) {
  ++malformed_;
}

void MqttBus::receive(const std::string& name, std::span<const std::uint8_t> payload) {
  if (canb::size_of(payload) != payload.size() || name.empty())
    fail(Errc::corrupt, "is no batch of a vehicle");
  messages_.clear();
  const canb::BatchInfo info = canb::decode(payload, messages_);
  if (!vehicles_.contains(name) && vehicles_.size() == kMaxVehicles)
    fail(Errc::corrupt, "too many vehicles");
  Vehicle& vehicle = vehicles_[name];
  if (!is_new(vehicle, info)) return;
  if (several_) name_channels(name, vehicle);
  queue_.push(messages_);
}

/// A batch may come several times, and old ones after newer ones.
bool MqttBus::is_new(Vehicle& vehicle, const canb::BatchInfo& info) {
  const bool same_run = vehicle.known && vehicle.next.run == info.run;
  if (same_run && info.number < vehicle.next.number) return false;
  if (same_run && info.first_frame > vehicle.next_frame)
    lost_ += info.first_frame - vehicle.next_frame;
  vehicle.known = true;
  vehicle.next = {info.run, info.number + 1};
  vehicle.next_frame = info.first_frame + messages_.size();
  return true;
}

void MqttBus::name_channels(const std::string& name, Vehicle& vehicle) {
  for (Message& message : messages_) {
    Channel& named = vehicle.channels[message.channel];
    if (!named)
      named = Channel(message.channel ? fmt::format("{}/{}", name, message.channel.name()) : name);
    message.channel = named;
  }
}

std::size_t MqttBus::send_some(std::span<const Message> messages) {
  if (!may_send_)
    fail(Errc::unsupported, "{}: only receives; -o send=true sends to the vehicle", name());
  const auto good = sendable(messages, true);
  if (good.empty()) refuse(name(), messages[0]);
  std::lock_guard lock(mutex_);
  const std::size_t taken = sending_.add(good);
  unsent_ |= taken > 0;
  client_.wake();
  return taken;
}

BusCounters MqttBus::counters() const {
  return {.dropped = lost_ + queue_.dropped(), .malformed = malformed_};
}

}  // namespace can
