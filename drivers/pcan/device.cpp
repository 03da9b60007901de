// SPDX-License-Identifier: MIT
#include "drivers/pcan/device.h"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/pcan/channels.h"
#include "drivers/pcan/frame.h"
#include "libcan/model/fail.h"

namespace can::pcan {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kAtOnce = 256;

// Of hardware that isn't plug and play, which has them all ignored.
constexpr std::uint8_t kType = 1;
constexpr std::uint32_t kPort = 0x2A0;
constexpr std::uint16_t kInterrupt = 11;

// On Linux times are since the Unix epoch, on Windows since the system started.
constexpr auto kFirstEpochTime = std::chrono::years(30);  // the year 2000
constexpr auto kPeriod = 24h * 36'500;                    // they don't wrap in a lifetime

Handle find_handle(const Library& library, const Config& config) {
  if (!config.device_id) return config.channel;
  for (const Attached& each : attached_channels(library))
    if (each.device_id == *config.device_id) return each.handle;
  fail(Errc::not_found, "no device has the id {}; --list-interfaces shows those there are",
       *config.device_id);
}

Status initialize(const Library& library, Handle handle, const Config& config) {
  if (!config.fd) return library.initialize(handle, config.btr, kType, kPort, kInterrupt);
  if (!library.initialize_fd || !library.read_fd || !library.write_fd)
    fail(Errc::unsupported, "this PCAN-Basic is too old for CAN FD");
  std::string timing = config.fd_timing;
  return library.initialize_fd(handle, timing.data());
}

/// Some settings have to be made before.
Handle open(const Library& library, const Config& config) {
  const Handle handle = find_handle(library, config);
  if (const Status status = library.set(handle, parameter::kListenOnly, config.passive ? 1 : 0);
      config.passive)
    check(status, "listen only");
  check(initialize(library, handle, config), fmt::format("open {}", channel_name(handle)));
  return handle;
}

}  // namespace

OpenChannel::OpenChannel(const Library& library, const Config& config)
    : library_(library), handle_(open(library, config)) {}

PcanChannel::PcanChannel(std::shared_ptr<const Library> library, const Config& config)
    : library_(std::move(library)), config_(config), channel_(*library_, config), clock_(kPeriod) {
  set_up();
  if (config.flash) flash(true);
}

/// What older devices lack is done without: error and status frames; own messages are made here.
void PcanChannel::set_up() {
  library_->set(handle(), parameter::kAllowErrorFrames, 1);
  library_->set(handle(), parameter::kAllowStatusFrames, 1);
  if (config_.receive_own) echoes_ = library_->set(handle(), parameter::kAllowEchoFrames, 1) == kOk;
  if (config_.auto_reset)
    check(library_->set(handle(), parameter::kAutoReset, 1),
          "have the channel reset after bus off");
  int descriptor = -1;
  if (library_->get_value(handle(), parameter::kReceiveEvent, &descriptor, sizeof descriptor) ==
      kOk)
    descriptor_ = descriptor;
}

// Receiving ------------------------------------------------------------------------------------

void PcanChannel::read(Received& out) {
  for (std::size_t count = 0; count < kAtOnce; ++count)
    if (!read_one(out)) return;
}

/// False: there is no other.
bool PcanChannel::read_one(Received& out) {
  if (config_.fd) {
    MsgFd msg{};
    std::uint64_t time = 0;
    const Status status = library_->read_fd(handle(), &msg, &time);
    return take(status, msg, microseconds(time), out);
  }
  Msg msg{};
  Timestamp time{};
  const Status status = library_->read(handle(), &msg, &time);
  const std::uint64_t milliseconds = std::uint64_t{time.overflows} << 32 | time.milliseconds;
  return take(status, msg, microseconds(milliseconds * 1000 + time.microseconds), out);
}

template <class Msg, class Time>
bool PcanChannel::take(Status status, const Msg& msg, Time time, Received& out) {
  if (status != kOk) {
    take_status(status, out);
    return false;
  }
  if ((msg.type & kStatus) != 0) {
    take_status(status_in(msg.data), out);
    return true;
  }
  Message& message = out.messages.emplace_back();
  decode(msg, message);
  message.timestamp = time_of(time);
  if (!message.error) return true;
  learn(message, counters_);
  out.state_changed = true;
  return true;
}

/// An empty queue and the state of the bus are no errors.
void PcanChannel::take_status(Status status, Received& out) const {
  constexpr Status kLost = kOverrun | kRxQueueOverrun;
  if ((status & kAnyBusState) != 0) out.state_changed = true;
  if ((status & kLost) != 0) ++out.dropped;  // the device doesn't say how many
  check(status & ~(kAnyBusState | kLost | kRxEmpty | kIllegalData | kTxFull | kTxQueueFull),
        "receive");
}

nanoseconds PcanChannel::time_of(microseconds device) {
  return device > kFirstEpochTime ? nanoseconds(device) : clock_.time_of(device, host_time());
}

// Sending --------------------------------------------------------------------------------------

std::size_t PcanChannel::send(std::span<const Message> messages) {
  std::size_t sent = 0;
  for (const Message& message : messages) {
    const Status status = write(message);
    if ((status & (kTxFull | kTxQueueFull)) != 0 || (status != kOk && sent > 0)) break;
    check(status, fmt::format("send id {:X}", message.id));
    ++sent;
  }
  return sent;
}

Status PcanChannel::write(const Message& message) const {
  if (config_.fd) {
    MsgFd msg = encode_fd(message);
    return library_->write_fd(handle(), &msg);
  }
  Msg msg = encode(message);
  return library_->write(handle(), &msg);
}

const char* PcanChannel::why_unsendable(const Message& message) const {
  if (config_.passive) return "the channel is listen-only (state=PASSIVE)";
  return message.error ? "a controller makes error frames by itself" : nullptr;
}

// The rest -------------------------------------------------------------------------------------

/// One filter is the device's, too. It has one for each length of id: a set bit of the mask is one
/// that doesn't count.
void PcanChannel::set_filters(std::span<const Filter> filters) {
  const bool one = filters.size() == 1 && !filters[0].inverted;
  for (const bool extended : {false, true}) {
    const std::uint32_t ids = extended ? kExtendedIdMask : kStandardIdMask;
    const bool here = one && filters[0].extended.value_or(extended) == extended;
    std::uint64_t value = here ? std::uint64_t{filters[0].id & ids} << 32 | (~filters[0].mask & ids)
                               : std::uint64_t{ids};
    library_->set_value(handle(),
                        extended ? parameter::kFilterExtended : parameter::kFilterStandard, &value,
                        sizeof value);
  }
}

BusState PcanChannel::state() {
  const Status bits = status();
  Received ignored;
  take_status(bits, ignored);
  BusState state = counters_;
  state.bitrate = config_.bitrate;
  state.data_bitrate = config_.data_bitrate;
  state.controller = (bits & kBusOff) != 0                   ? ControllerState::bus_off
                     : (bits & kBusPassive) != 0             ? ControllerState::error_passive
                     : (bits & (kBusHeavy | kBusLight)) != 0 ? ControllerState::error_warning
                                                             : ControllerState::error_active;
  return state;
}

std::string PcanChannel::details() const {
  std::string text = library_->get_text(handle(), parameter::kHardwareName);
  if (!text.empty()) text += ", ";
  text += config_.bitrate != 0 ? fmt::format("{} bit/s", config_.bitrate)
                               : fmt::format("BTR {:04X}", config_.btr);
  if (config_.fd) text += fmt::format(", CAN FD with {} bit/s", config_.data_bitrate);
  if (config_.passive) text += ", listen-only";
  return text + ", " + library_->description();
}

void PcanChannel::flash(bool on) {
  const Status status = library_->set(handle(), parameter::kIdentifying, on ? 1 : 0);
  if ((status & 0x4000) != 0) fail(Errc::unsupported, "can't flash the LED: {}", words_of(status));
  check(status, "flash the LED");
}

std::vector<Attached> attached_channels(const Library& library) {
  std::vector<ChannelInformation> found(library.get(0, parameter::kAttachedCount));
  const auto size = static_cast<std::uint32_t>(found.size() * sizeof(ChannelInformation));
  if (found.empty() || library.get_value(0, parameter::kAttached, found.data(), size) != kOk)
    return {};
  std::vector<Attached> all;
  for (ChannelInformation& each : found) {
    each.name[sizeof each.name - 1] = '\0';
    all.push_back({each.handle, each.device_id,
                   fmt::format("{}, device id {}{}", static_cast<const char*>(each.name),
                               each.device_id, each.condition == kOccupied ? ", in use" : "")});
  }
  return all;
}

}  // namespace can::pcan
