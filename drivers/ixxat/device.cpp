// SPDX-License-Identifier: MIT
#include "drivers/ixxat/device.h"

#include <algorithm>
#include <utility>

#include "drivers/ixxat/frame.h"
#include "libcan/model/fail.h"

namespace can::ixxat {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kAtOnce = 256;
constexpr std::uint64_t kSecond = 1'000'000'000;

/// After so long the times of 32 bits wrap.
nanoseconds period_of(std::uint32_t tick_rate) {
  constexpr std::uint64_t kTicks = std::uint64_t{1} << 32;
  return nanoseconds(kTicks * kSecond / std::max(tick_rate, 1000u));
}

bool means_empty(Result result) {
  const auto code = static_cast<std::uint32_t>(result);
  return code == kErrorRxEmpty || code == kErrorNoData || code == kErrorTimeout;
}

}  // namespace

IxxatChannel::IxxatChannel(std::shared_ptr<const Library> library, Config config)
    : library_(std::move(library)),
      config_(std::move(config)),
      device_(*library_, config_.hardware_id),
      queues_(*library_, device_, config_),
      controller_(*library_, device_, config_),
      clock_(period_of(controller_.tick_rate())) {}

// Receiving ------------------------------------------------------------------------------------

void IxxatChannel::wait(nanoseconds limit) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  const Result result =
      library_->wait_for_message(queues_, static_cast<std::uint32_t>(milliseconds));
  if (result != 0 && !means_empty(result)) PolledDevice::wait(1ms);  // read() finds out why
}

void IxxatChannel::read(Received& out) {
  for (std::size_t count = 0; count < kAtOnce; ++count)
    if (!read_one(out)) return;
}

bool IxxatChannel::read_one(Received& out) {
  Msg msg{};
  const Result result = library_->peek_message(queues_, &msg);
  if (means_empty(result)) return false;
  check(result, "receive");
  take(msg, out);
  return true;
}

void IxxatChannel::take(const Msg& msg, Received& out) {
  if ((msg.info & kOverrun) != 0) ++out.dropped;  // VCI doesn't say how many
  const std::uint32_t type = type_of(msg);
  if (type == kError || type == kStatus) out.state_changed = true;
  if (type != kData && type != kError) return;
  Message& message = out.messages.emplace_back();
  decode(msg, message);
  message.timestamp = time_of(msg.time);
}

nanoseconds IxxatChannel::time_of(std::uint32_t ticks) {
  const auto now = host_time();
  const std::uint64_t rate = controller_.tick_rate();
  if (rate == 0) return now;
  return clock_.time_of(nanoseconds(ticks * kSecond / rate), now);
}

// Sending --------------------------------------------------------------------------------------

std::size_t IxxatChannel::send(std::span<const Message> messages) {
  std::size_t sent = 0;
  for (const Message& message : messages) {
    Msg msg = encode(message, config_.receive_own);
    const Result result = library_->post_message(queues_, &msg);
    const bool full = static_cast<std::uint32_t>(result) == kErrorTxFull;
    if (full || (result != 0 && sent > 0)) break;
    check(result, fmt::format("send id {:X}", message.id));
    ++sent;
  }
  return sent;
}

const char* IxxatChannel::why_unsendable(const Message& message) const {
  if (message.extended && !config_.extended) return "ids of 29 bits are off (extended=false)";
  return message.error ? "a controller makes error frames by itself" : nullptr;
}

bool IxxatChannel::all_sent() {
  ChannelStatus status{};
  check(library_->channel_status(queues_, &status), "read the state");
  return status.tx_load == 0 && (status.line.status & kPending) == 0;
}

// The rest -------------------------------------------------------------------------------------

void IxxatChannel::set_filters(std::span<const Filter> filters) {
  if (std::ranges::equal(filters, config_.filters)) return;
  config_.filters.assign(filters.begin(), filters.end());
  controller_.set_filters(filters);
}

LineStatus IxxatChannel::line_status() const {
  ChannelStatus status{};
  check(library_->channel_status(queues_, &status), "read the state");
  return status.line;
}

BusState IxxatChannel::state() {
  BusState state = {.bitrate = controller_.is_ours() ? config_.bitrate : 0};
  const std::uint32_t bits = line_status().status;
  state.controller = (bits & kBusOff) != 0                          ? ControllerState::bus_off
                     : (bits & kInInit) != 0                        ? ControllerState::stopped
                     : (bits & (kErrorLimit | kCouplingError)) != 0 ? ControllerState::error_warning
                                                                    : ControllerState::error_active;
  return state;
}

std::string IxxatChannel::details() const {
  const DeviceInfo& info = device_.info();
  const std::string rate = controller_.is_ours() ? fmt::format("{} bit/s", config_.bitrate)
                                                 : "bit rate of another program";
  return fmt::format("{}, hardware id {}, {}, {}", text_in(info.description),
                     text_in(info.unique_hardware_id), rate, library_->file.file());
}

}  // namespace can::ixxat
