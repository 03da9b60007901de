// SPDX-License-Identifier: MIT
#include "drivers/support/serial_bus.h"

#include <algorithm>
#include <utility>

#include "cansuite/sendable.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kConnect = 5s;          // the first time
constexpr auto kConnectAgain = 800ms;  // closing waits for it
constexpr auto kRetry = 500ms;
constexpr auto kFlush = 2s;
constexpr auto kLastBytes = 200ms;
constexpr std::size_t kAtOnce = 64;  // messages, written with one system call

}  // namespace

SerialBusOptions serial_bus_options(std::string_view interface, const BusConfig& config,
                                    const Option& baudrate) {
  using namespace serial_options;
  const SerialSettings settings = {
      .baudrate = static_cast<std::uint32_t>(number_of(config.options, baudrate)),
      .rtscts = flag_of(config.options, kRtscts)};
  return {.interface = interface,
          .channel = config.channel,
          .address = parse_serial_address(config.channel, settings),
          .fd = false,
          .receive_own = config.receive_own_messages,
          .reconnect = flag_of(config.options, kReconnect),
          .wait = flag_of(config.options, kWait)};
}

std::vector<Detected> detect_serial() {
  std::vector<Detected> all;
  for (SerialDevice& device : find_serial_devices())
    all.push_back({std::move(device.path), std::move(device.description)});
  return all;
}

SerialBus::SerialBus(SerialBusOptions options, std::unique_ptr<SerialProtocol> protocol)
    : options_(std::move(options)),
      channel_(options_.channel),
      protocol_(std::move(protocol)),
      address_(options_.address) {
  try {
    adopt(open_line(kConnect));
  } catch (const Error& error) {
    const bool may_come = error.code() == Errc::not_found || error.code() == Errc::io;
    if (!options_.wait || !may_come) throw;
    lose(error.what());
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

SerialBus::~SerialBus() {
  thread_.request_stop();
  wake_.signal();
  thread_.join();
  wake_.clear();
  close();
}

void SerialBus::close() try {
  if (!line_) return;
  line_->finish_writing(kLastBytes);
  protocol_->close(*line_);
  line_->finish_writing(kLastBytes);
} catch (const Error&) {  // a destructor has nobody to tell
}

std::string SerialBus::name() const {
  return fmt::format("{} {}", options_.interface, options_.channel);
}

std::string SerialBus::details() const {
  const auto& [device, settings, server] = options_.address;
  const std::string line =
      server ? "TCP"
             : fmt::format("{} baud{}", settings.baudrate, settings.rtscts ? ", RTS/CTS" : "");
  std::lock_guard lock(mutex_);
  return line + (details_.empty() ? "" : ", ") + details_;
}

BusState SerialBus::state() const {
  std::lock_guard lock(mutex_);
  return line_ ? state_ : BusState{};
}

BusCounters SerialBus::counters() const {
  std::lock_guard lock(mutex_);
  return {.dropped = queue_.dropped(), .malformed = malformed_};
}

// Receiving ------------------------------------------------------------------------------------

std::size_t SerialBus::receive_any(std::span<Message> out, nanoseconds timeout) {
  const std::size_t count = queue_.receive(out, timeout);
  if (count > 0 || !queue_.ended()) return count;
  std::lock_guard lock(mutex_);
  throw Error(*failure_);
}

bool SerialBus::filter_in_device(std::span<const Filter> filters) {
  std::lock_guard lock(mutex_);
  filters_.emplace(filters.begin(), filters.end());
  wake_.signal();
  return false;
}

// Sending --------------------------------------------------------------------------------------

std::size_t SerialBus::send_some(std::span<const Message> messages) {
  const auto good = sendable(messages.first(std::min(messages.size(), kAtOnce)), options_.fd);
  if (good.empty()) refuse(name(), messages[0]);
  std::lock_guard lock(mutex_);
  throw_failures();
  if (!line_ || line_->has_unsent()) return 0;
  const bool was_settled = protocol_->is_settled();
  const std::size_t count = encode(good);
  try {
    line_->write(bytes_);
    queue_.push(own_);
  } catch (const Error&) {
    // The thread finds out, too, and knows what to do.
  }
  // It has to send the rest, or to see to it that an answer comes.
  if (line_->has_unsent() || was_settled) wake_.signal();
  return count;
}

/// Puts those that the protocol takes now into bytes_; returns how many.
std::size_t SerialBus::encode(std::span<const Message> messages) {
  bytes_.clear();
  ends_.clear();
  own_.clear();
  std::size_t count = 0;
  for (; count < messages.size() && protocol_->has_room(); ++count) {
    const Message& message = messages[count];
    if (const char* why = protocol_->why_unsendable(message)) {
      if (count > 0) break;
      fail(Errc::unsupported, "{}: can't send id {:X}: {}", name(), message.id, why);
    }
    if (!protocol_->encode(message, bytes_)) continue;
    ends_.push_back(bytes_.size());
    if (!options_.receive_own) continue;
    own_.push_back(message);
    own_.back().timestamp = now_since_epoch();
    own_.back().channel = channel_;
    own_.back().transmitted = true;
  }
  return count;
}

void SerialBus::throw_failures() {
  if (failure_) throw Error(*failure_);
  if (unsent_ == 0) return;
  const std::uint64_t count = std::exchange(unsent_, 0);
  fail(Errc::io, "{}: {}: {} {} not sent", name(), reason_, count,
       count == 1 ? "message was" : "messages were");
}

void SerialBus::wait_for_room(nanoseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] {
    return failure_ || unsent_ > 0 || (line_ && !line_->has_unsent() && protocol_->has_room());
  });
}

std::string_view SerialBus::blocked_reason() const {
  std::lock_guard lock(mutex_);
  return line_ ? "the line takes no more messages" : "the device isn't there";
}

void SerialBus::flush() {
  std::unique_lock lock(mutex_);
  const bool done = changed_.wait_for(lock, kFlush, [this] {
    return failure_ || !line_ || (!line_->has_unsent() && protocol_->is_settled());
  });
  throw_failures();
  if (!line_) fail(Errc::io, "{}: the device is gone", name());
  if (!done) fail(Errc::io, "{}: the line takes no more messages", name());
}

// The thread -----------------------------------------------------------------------------------

std::unique_ptr<SerialLine> SerialBus::open_line(nanoseconds limit) {
  auto line = std::make_unique<SerialLine>(address_, wake_, limit);
  protocol_->open(*line, decoded_);
  return line;
}

void SerialBus::run(const std::stop_token& stop) try {
  while (!stop.stop_requested()) line_ ? attend(stop) : reconnect(stop);
} catch (const Error& error) {
  std::lock_guard lock(mutex_);
  line_.reset();
  failure_.emplace(error.code(), fmt::format("{}: {}", name(), error.what()));
  queue_.end();
  changed_.notify_all();
}

/// Until the line is lost, or the end.
void SerialBus::attend(const std::stop_token& stop) try {
  while (!stop.stop_requested()) {
    apply_filters(stop);
    const nanoseconds next = do_due();
    const bool unsent = [this] {
      std::lock_guard lock(mutex_);
      return line_->has_unsent();
    }();
    const auto event = line_->wait(next, unsent);
    if (event == SerialLine::Event::woken) wake_.clear();
    if (event == SerialLine::Event::ready) read_line();
  }
} catch (const Error& error) {
  if (stop.stop_requested()) return;
  if (!options_.reconnect && !options_.wait) throw;
  std::lock_guard lock(mutex_);
  lose(error.what());
}

nanoseconds SerialBus::do_due() {
  std::lock_guard lock(mutex_);
  const nanoseconds next = protocol_->do_due(now_since_epoch(), *line_, decoded_);
  publish();
  return next;
}

/// Takes what is there, and sends what is queued.
void SerialBus::read_line() {
  std::lock_guard lock(mutex_);
  const bool unsent = line_->has_unsent();
  if (line_->read() > 0) {
    line_->consume(protocol_->decode(line_->unread(), now_since_epoch(), decoded_));
    publish();
  }
  if (unsent && line_->flush()) changed_.notify_all();
}

/// Passes on what the protocol found.
void SerialBus::publish() {
  for (Message& message : decoded_.messages) message.channel = channel_;
  if (!options_.fd) std::erase_if(decoded_.messages, [](const Message& m) { return m.fd; });
  queue_.push(decoded_.messages);
  decoded_.messages.clear();
  malformed_ += std::exchange(decoded_.malformed, 0);
  if (!decoded_.notices.empty()) details_ = protocol_->details();
  state_ = protocol_->state();
  for (const std::string& text : decoded_.notices) add_notice(fmt::format("{}: {}", name(), text));
  decoded_.notices.clear();
  if (decoded_.unsent > 0) reason_ = decoded_.reason;
  unsent_ += std::exchange(decoded_.unsent, 0);
  changed_.notify_all();
}

/// Where the adapter has to be opened anew for them, nobody has the line meanwhile.
void SerialBus::apply_filters(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!filters_ || !protocol_->set_filters(*std::exchange(filters_, std::nullopt))) return;
  wake_.clear();
  if (stop.stop_requested()) return;
  auto line = std::move(line_);
  lock.unlock();
  try {
    protocol_->close(*line);
    protocol_->open(*line, decoded_);
  } catch (const Error&) {
    lock.lock();
    line_ = std::move(line);  // for close(), where the bus ends meanwhile
    throw;
  }
  adopt(std::move(line));
}

void SerialBus::adopt(std::unique_ptr<SerialLine> line) {
  std::lock_guard lock(mutex_);
  line_ = std::move(line);
  details_ = protocol_->details();
  if (!address_.server) address_.device = stable_path(address_.device);
  publish();
}

/// Of the messages written last, those whose bytes the lost device has not taken.
void SerialBus::count_unsent() {
  const std::size_t taken = bytes_.size() - std::min(line_->unsent(), bytes_.size());
  const auto lost = std::ranges::count_if(ends_, [taken](std::size_t end) { return end > taken; });
  if (lost > 0) reason_ = "the device was lost before it took them";
  unsent_ += static_cast<std::uint64_t>(lost);
  ends_.clear();
}

void SerialBus::lose(const std::string& why) {
  if (line_) count_unsent();
  line_.reset();
  lost_ = Clock::now();
  told_ = why;
  changed_.notify_all();
  add_notice(fmt::format("{}: {}, waiting", name(), why));
}

/// One attempt, and the pause behind it.
void SerialBus::reconnect(const std::stop_token& stop) {
  nap(kRetry);
  if (stop.stop_requested()) return;
  try {
    adopt(open_line(kConnectAgain));
    add_notice(fmt::format("{}: back after {}", name(), to_text(Clock::now() - lost_)));
  } catch (const Error& error) {
    if (stop.stop_requested() || error.code() == Errc::not_found || error.what() == told_) return;
    told_ = error.what();
    add_notice(fmt::format("{}: {}, trying again", name(), told_));
  }
}

void SerialBus::nap(nanoseconds time) const {
  if (wait_readable(wake_.descriptor(), time)) wake_.clear();
}

}  // namespace can
