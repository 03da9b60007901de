// SPDX-License-Identifier: MIT
#include "drivers/usb2can/device.h"

#include <algorithm>
#include <utility>

#include "drivers/support/controllers.h"
#include "drivers/usb2can/frame.h"
#include "drivers/usb2can/options.h"
#include "libcan/model/fail.h"

namespace can::usb2can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::uint32_t kDefaultBitrate = 500'000, kMaxBitrate = 1'000'000;
constexpr std::size_t kAtOnce = 256, kLongestConfig = 256;
constexpr auto kPeriod = std::chrono::microseconds(std::int64_t{1} << 32);
constexpr unsigned char kUntouched = 0xFF;  // a length that no message has
constexpr auto kWait = 10ms;

/// Of the controller of 8devices' USB2CAN. Source: python-can's manual.
constexpr BitTimingLimits kLimits = {.clock = 32'000'000, .brp_max = 1024};

/// What libraries say where there is no message.
bool means_empty(int code) {
  return code == kFifoEmpty || code == kGeneric || code == kReceiveEmpty || code == kTimeout;
}

/// "ED000100;500", or with segments for a sample point: "ED000100;0;13;2;1;4".
std::string config_text(std::string_view serial, std::uint32_t bitrate,
                        std::uint32_t sample_point) {
  if (sample_point == 0) return fmt::format("{};{}", serial, bitrate / 1000);
  const BitTiming timing = calculate_bit_timing(kLimits, bitrate, sample_point);
  return fmt::format("{};0;{};{};{};{}", serial, timing.tseg1, timing.tseg2, timing.sjw,
                     timing.brp);
}

/// Libraries cut the text to pieces: it is a copy with room.
long open(const Library& library, const Config& config) {
  std::string text = config.text;
  text.resize(std::max(text.size() + 1, kLongestConfig));
  const long handle = library.open(text.data(), config.flags);
  if (handle > 0) return handle;
  const std::string why = handle == 0 || handle == -1
                              ? "is the device plugged in, and what was given "
                                "for it right?"
                              : words_of(-handle);
  fail(Errc::io, "can't open {}: {}", quote(config.text), why);
}

}  // namespace

Config make_config(const BusConfig& bus) {
  if (bus.fd.value_or(bus.data_bitrate != 0))
    fail(Errc::unsupported, "the interface has no CAN FD");
  const std::string_view serial = text_of(bus.options, kSerial);
  const std::string_view channel = serial.empty() ? bus.channel : serial;
  if (channel.empty()) fail(Errc::invalid, "no device; give its serial number by -c");
  const std::uint32_t bitrate = bus.bitrate != 0 ? bus.bitrate : kDefaultBitrate;
  if (bitrate > kMaxBitrate || bitrate % 1000 != 0)
    fail(Errc::unsupported, "expected whole kbit/s, at most {} bit/s, got {} bit/s", kMaxBitrate,
         bitrate);
  const bool complete = channel.find(';') != channel.npos;
  return {.text = complete
                      ? std::string(channel)
                      : config_text(channel, bitrate, thousandths_of(bus.options, kSamplePoint)),
          .flags = static_cast<unsigned long>(number_of(bus.options, kFlags)),
          .bitrate = complete ? 0 : bitrate};
}

OpenChannel::OpenChannel(const Library& library, const Config& config)
    : library_(library), handle_(usb2can::open(library, config)) {}

CanalChannel::CanalChannel(std::shared_ptr<const Library> library, const Config& config)
    : library_(std::move(library)), config_(config), handle_(*library_, config), clock_(kPeriod) {}

// Receiving ------------------------------------------------------------------------------------

nanoseconds CanalChannel::longest_wait() const { return library_->blocking_receive ? kWait : 1ms; }

void CanalChannel::wait(nanoseconds limit) {
  if (!library_->blocking_receive) return PolledDevice::wait(limit);
  if (waiting_ || failure_ != 0) return;
  msg_.length = kUntouched;
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  const int code =
      library_->blocking_receive(handle_, &msg_, static_cast<unsigned long>(milliseconds));
  if (keep(code, msg_)) waiting_ = true;
  if (code == kSuccess && !waiting_) PolledDevice::wait(1ms);  // it doesn't wait itself
}

/// Whether a call has given a message: some libraries say so where they have none.
bool CanalChannel::keep(int code, const Msg& msg) {
  if (code == kSuccess) return msg.length != kUntouched;
  if (!means_empty(code)) failure_ = code;
  return false;
}

bool CanalChannel::receive_one() {
  if (std::exchange(waiting_, false)) return true;
  if (library_->data_available && library_->data_available(handle_) <= 0) return false;
  msg_.length = kUntouched;
  return keep(library_->receive(handle_, &msg_), msg_);
}

void CanalChannel::read(Received& out) {
  for (std::size_t count = 0; count < kAtOnce && receive_one(); ++count) take(msg_, out);
  check(std::exchange(failure_, 0), "receive");
}

void CanalChannel::take(const Msg& msg, Received& out) {
  if ((msg.flags & kStatus) != 0) return take_status(msg, out);
  Message& message = out.messages.emplace_back();
  decode(msg, message);
  const auto now = host_time();
  message.timestamp =
      msg.timestamp == 0 ? now : clock_.time_of(std::chrono::microseconds(msg.timestamp), now);
}

void CanalChannel::take_status(const Msg& msg, Received& out) const {
  out.state_changed = true;
  if (msg.id == kStatusOverrun) ++out.dropped;  // the device doesn't say how many
  const auto error = error_frame(msg.id);
  if (!error) return;
  out.messages.push_back(*error);
  out.messages.back().timestamp = host_time();
}

// Sending --------------------------------------------------------------------------------------

std::size_t CanalChannel::send(std::span<const Message> messages) {
  std::size_t sent = 0;
  for (const Message& message : messages) {
    Msg msg = encode(message);
    const int code = library_->send(handle_, &msg);
    if (code == kFifoFull || code == kTransmitFull || (code != kSuccess && sent > 0)) break;
    check(code, fmt::format("send id {:X}", message.id));
    ++sent;
  }
  return sent;
}

const char* CanalChannel::why_unsendable(const Message& message) const {
  return message.error ? "a controller makes error frames by itself" : nullptr;
}

// The rest -------------------------------------------------------------------------------------

std::uint32_t CanalChannel::status() const {
  if (!library_->get_status) fail(Errc::unsupported, "the library doesn't tell the state");
  Status status{};
  check(library_->get_status(handle_, &status), "read the state");
  return static_cast<std::uint32_t>(status.channel_status);
}

Statistics CanalChannel::statistics() const {
  if (!library_->get_statistics) fail(Errc::unsupported, "the library has no statistics");
  Counts counts{};
  check(library_->get_statistics(handle_, &counts), "read the statistics");
  return {.frames_received = counts.frames_received,
          .frames_sent = counts.frames_sent,
          .bytes_received = counts.bytes_received,
          .bytes_sent = counts.bytes_sent,
          .overruns = counts.overruns,
          .bus_warnings = counts.bus_warnings,
          .bus_offs = counts.bus_offs};
}

/// Libraries of little effort have no state, whatever they return.
BusState CanalChannel::state() {
  BusState state = {.bitrate = config_.bitrate};
  Status status{};
  if (!library_->get_status || library_->get_status(handle_, &status) != kSuccess) return state;
  const unsigned long bits = status.channel_status;
  state.controller = (bits & kBusOff) != 0       ? ControllerState::bus_off
                     : (bits & kStopped) != 0    ? ControllerState::stopped
                     : (bits & kPassive) != 0    ? ControllerState::error_passive
                     : (bits & kBusWarning) != 0 ? ControllerState::error_warning
                     : (bits & kActive) != 0     ? ControllerState::error_active
                                                 : ControllerState::unknown;
  return state;
}

std::string CanalChannel::details() const {
  std::string text = config_.bitrate != 0 ? fmt::format("{} bit/s, ", config_.bitrate) : "";
  if (const std::string vendor = library_->vendor_text(); !vendor.empty()) text += vendor + ", ";
  return text + library_->file.file();
}

}  // namespace can::usb2can
