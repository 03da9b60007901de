// SPDX-License-Identifier: MIT
#include "drivers/support/polled_bus.h"

#include <algorithm>
#include <utility>

#include "cansuite/sendable.h"
#include "cansuite/wait.h"
#include "drivers/support/state_frame.h"
#include "drivers/support/vendor_options.h"
#include "libcan/model/ascii.h"
#include "libcan/model/duration.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kLook = 250ms;  // between two looks at the state of the controller
constexpr auto kRetry = 500ms;
constexpr auto kFlush = 2s;
constexpr auto kNothing = 1ms;  // between two reads where the descriptor is readable for nothing
constexpr std::size_t kAtOnce = 64;  // messages sent while nobody else has the device

}  // namespace

PolledBusOptions polled_bus_options(const BusConfig& config) {
  return {.name = name_of(config),
          .channel = is_number(config.channel) ? config.interface + config.channel : config.channel,
          .fd = config.fd.value_or(config.data_bitrate != 0),
          .receive_own = config.receive_own_messages,
          .reconnect = flag_of(config.options, vendor_options::kReconnect),
          .wait = flag_of(config.options, vendor_options::kWait)};
}

PolledBus::PolledBus(PolledBusOptions options, Open open)
    : options_(std::move(options)), open_(std::move(open)), channel_(options_.channel) {
  ready_.add(wake_.descriptor());
  try {
    adopt(open_());
  } catch (const Error& error) {
    const bool may_come = error.code() == Errc::not_found || error.code() == Errc::io;
    if (!options_.wait || !may_come) throw;
    lose(error.what());
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

PolledBus::~PolledBus() {
  thread_.request_stop();
  wake_.signal();
  thread_.join();
}

std::string PolledBus::details() const {
  std::lock_guard lock(mutex_);
  return device_ ? device_->details() : std::string();
}

BusState PolledBus::state() const {
  const bool there = [this] {
    std::lock_guard lock(mutex_);
    return device_ != nullptr;
  }();
  if (!there) return {};
  return use_device<PolledDevice>([](PolledDevice& device) { return device.state(); });
}

BusCounters PolledBus::counters() const {
  std::lock_guard lock(mutex_);
  return {.dropped = queue_.dropped() + dropped_};
}

PolledDevice& PolledBus::present() const {
  if (!device_) fail(Errc::io, "the device isn't there");
  return *device_;
}

// Receiving ------------------------------------------------------------------------------------

std::size_t PolledBus::receive_any(std::span<Message> out, nanoseconds timeout) {
  const std::size_t count = queue_.receive(out, timeout);
  if (count > 0 || !queue_.ended()) return count;
  std::lock_guard lock(mutex_);
  throw Error(*failure_);
}

bool PolledBus::filter_in_device(std::span<const Filter> filters) {
  std::lock_guard lock(mutex_);
  filters_.assign(filters.begin(), filters.end());
  new_filters_ = true;
  wake_.signal();
  return false;  // messages that are queued passed other filters
}

// Sending --------------------------------------------------------------------------------------

std::size_t PolledBus::send_some(std::span<const Message> messages) {
  const auto good = sendable(messages.first(std::min(messages.size(), kAtOnce)), options_.fd);
  if (good.empty()) refuse(name(), messages[0]);
  std::lock_guard lock(mutex_);
  if (failure_) throw Error(*failure_);
  if (!device_) return 0;
  return send_sendable(good);
}

std::size_t PolledBus::send_sendable(std::span<const Message> messages) try {
  const auto refused = std::ranges::find_if(
      messages, [this](const Message& m) { return device_->why_unsendable(m) != nullptr; });
  const auto good = messages.first(static_cast<std::size_t>(refused - messages.begin()));
  if (good.empty())
    fail(Errc::unsupported, "can't send id {:X}: {}", refused->id,
         device_->why_unsendable(*refused));
  const std::size_t count = device_->send(good);
  if (options_.receive_own && !device_->echoes()) keep_own(good.first(count));
  return count;
} catch (const Error& error) {
  fail_at(name(), error);
}

void PolledBus::keep_own(std::span<const Message> sent) {
  own_.assign(sent.begin(), sent.end());
  for (Message& message : own_) {
    message.timestamp = host_time();
    message.channel = channel_;
    message.transmitted = true;
  }
  queue_.push(own_);
}

std::string_view PolledBus::blocked_reason() const {
  std::lock_guard lock(mutex_);
  return device_ ? "the transmit queue is full, and no message leaves: is another node there, and "
                   "the bit rate right?"
                 : "the device isn't there";
}

void PolledBus::flush() {
  const Deadline deadline(kFlush);
  while (!use_device<PolledDevice>([](PolledDevice& device) { return device.all_sent(); })) {
    if (deadline.passed()) fail(Errc::io, "{}: {}", name(), blocked_reason());
    std::this_thread::sleep_for(500us);
  }
}

std::size_t PolledBus::discard_unsent() {
  return use_device<PolledDevice>([](PolledDevice& device) { return device.discard_unsent(); });
}

// The thread -----------------------------------------------------------------------------------

void PolledBus::run(const std::stop_token& stop) try {
  while (!stop.stop_requested()) device_ ? attend(stop) : reconnect(stop);
} catch (const Error& error) {
  std::lock_guard lock(mutex_);
  device_.reset();
  failure_.emplace(error.code(), fmt::format("{}: {}", name(), error.what()));
  queue_.end();
}

/// Until the device is lost, or the end.
void PolledBus::attend(const std::stop_token& stop) try {
  while (!stop.stop_requested()) {
    wait();
    apply_filters();
    read();
    watch_state();
  }
} catch (const Error& error) {
  if (!options_.reconnect && !options_.wait) throw;
  std::lock_guard lock(mutex_);
  lose(error.what());
}

/// Until there is something to do.
void PolledBus::wait() const {
  if (device_->descriptor() < 0) return device_->wait(device_->longest_wait());
  wait_readable(ready_.descriptor(), kLook);
}

void PolledBus::read() {
  std::unique_lock lock(mutex_);
  device_->read(received_);
  const bool nothing = received_.messages.empty() && device_->descriptor() >= 0;
  dropped_ += std::exchange(received_.dropped, 0);
  for (Message& message : received_.messages) message.channel = channel_;
  queue_.push(received_.messages);
  received_.messages.clear();
  for (const std::string& text : received_.notices) add_notice(fmt::format("{}: {}", name(), text));
  received_.notices.clear();
  if (std::exchange(received_.state_changed, false)) next_look_ = {};
  lock.unlock();
  if (nothing) std::this_thread::sleep_for(kNothing);
}

/// A change of the controller's state is an error frame, and is told.
void PolledBus::watch_state() {
  const auto now = Clock::now();
  if (now < next_look_) return;
  next_look_ = now + kLook;
  std::lock_guard lock(mutex_);
  const BusState state = device_->state();
  const ControllerState before = std::exchange(controller_, state.controller);
  if (state.controller == before || state.controller == ControllerState::unknown) return;
  if (before == ControllerState::unknown && state.controller == ControllerState::error_active)
    return;
  Message frame = state_frame(state, host_time());
  frame.channel = channel_;
  if (!device_->logs_state()) queue_.push({&frame, 1});
  add_notice(fmt::format("{}: the controller is {}", name(), name_of(state.controller)));
}

void PolledBus::apply_filters() {
  std::lock_guard lock(mutex_);
  wake_.clear();
  if (std::exchange(new_filters_, false)) device_->set_filters(filters_);
}

void PolledBus::adopt(std::unique_ptr<PolledDevice> device) {
  controller_ = device->state().controller;
  next_look_ = Clock::now() + kLook;
  if (device->descriptor() >= 0) ready_.add(device->descriptor());
  std::lock_guard lock(mutex_);
  device_ = std::move(device);
  new_filters_ = !filters_.empty();
}

void PolledBus::lose(const std::string& why) {
  if (device_) ready_.remove(device_->descriptor());
  device_.reset();
  lost_ = Clock::now();
  told_ = why;
  add_notice(fmt::format("{}: {}, waiting", name(), why));
}

/// One attempt, and the pause before it.
void PolledBus::reconnect(const std::stop_token& stop) {
  if (wait_readable(wake_.descriptor(), kRetry)) wake_.clear();
  if (stop.stop_requested()) return;
  try {
    adopt(open_());
    add_notice(fmt::format("{}: back after {}", name(), to_text(Clock::now() - lost_)));
  } catch (const Error& error) {
    if (error.code() == Errc::not_found || error.what() == told_) return;
    told_ = error.what();
    add_notice(fmt::format("{}: {}, trying again", name(), told_));
  }
}

}  // namespace can
