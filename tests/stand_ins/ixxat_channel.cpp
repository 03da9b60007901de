// SPDX-License-Identifier: MIT
// Message channels of the stand-in for VCI. Source: vcinpl.h, cantype.h of VCI 3.
#include <algorithm>
#include <cstring>
#include <set>
#include <thread>

#include "tests/stand_ins/ixxat.h"

namespace can::stand_in::ixxat {
namespace {

constexpr std::uint64_t kIsInfo = 1;  // the tag of a status frame that is the controller's news

struct MessageChannel;

struct AllChannels {
  std::mutex mutex;
  std::set<MessageChannel*> open;
};

AllChannels& all_channels() {
  static AllChannels& all = *new AllChannels;
  return all;
}

struct MessageChannel : Object {
  MessageChannel(int channel, bool is_exclusive);
  ~MessageChannel() override;
  int channel() const override { return channel_; }
  bool gone() const override { return port ? port->gone() : Object::gone(); }

  const int channel_;
  const bool exclusive;
  std::unique_ptr<Port> port;  // from canChannelInitialize on
  std::atomic<bool> active = false;
  std::uint32_t overrun = 0;
  std::uint32_t wraps = 0;  // of the time stamps, told by kTimeOverrun
};

MessageChannel::MessageChannel(int channel, bool is_exclusive)
    : channel_(channel), exclusive(is_exclusive) {
  const std::lock_guard lock(all_channels().mutex);
  all_channels().open.insert(this);
}

MessageChannel::~MessageChannel() {
  const std::lock_guard lock(all_channels().mutex);
  all_channels().open.erase(this);
}

bool access_denied(int channel, bool exclusive) {
  const std::lock_guard lock(all_channels().mutex);
  return std::any_of(all_channels().open.begin(), all_channels().open.end(),
                     [&](const MessageChannel* other) {
                       return other->channel_ == channel && (exclusive || other->exclusive);
                     });
}

/// What the controller lets through; called with the bus locked.
bool hears(int channel, const Frame& frame) {
  return with_line(channel, [&](const Line& line) {
    if (line.started == 0) return false;
    if (frame.kind == Kind::kStatus) return true;
    if (frame.kind == Kind::kError) return (line.mode & kErrFrame) != 0;
    if (frame.fd || (frame.own && frame.tag == 0)) return false;
    if (!(line.mode & (frame.extended ? kExtended : kStandard))) return false;
    const std::uint32_t remote = frame.kind == Kind::kRemote;
    return (frame.extended ? line.extended : line.standard).accepts(frame.id << 1 | remote);
  });
}

std::uint8_t code_of(BusError error) {
  switch (error) {
    case BusError::kStuff:
      return 1;
    case BusError::kForm:
      return 2;
    case BusError::kAck:
      return 3;
    case BusError::kBit0:
    case BusError::kBit1:
      return 4;
    case BusError::kCrc:
      return 6;
    default:
      return 7;
  }
}

std::uint32_t status_bits(ErrorState state) {
  if (state == ErrorState::kOff) return kBusOff;
  return state == ErrorState::kActive ? 0 : kErrorLimit;
}

/// A message of one byte of data that is no frame.
void set_event(Message& message, Type type, std::uint8_t code) {
  message.info = type | 1u << kDlcShift;
  message.data[0] = code;
}

void set_frame(Message& message, const Frame& frame) {
  message.id = frame.id;
  message.info = static_cast<std::uint32_t>(frame.length) << kDlcShift;
  if (frame.kind == Kind::kRemote) message.info |= kRtr;
  if (frame.extended) message.info |= kInfoExtended;
  if (frame.own) message.info |= kSelfReception;
  std::memcpy(message.data, frame.data.data(), sizeof message.data);
}

Message message_of(const Frame& frame, std::uint32_t time) {
  Message message{};
  message.time = time;
  if (frame.kind == Kind::kError)
    set_event(message, kError, code_of(frame.error));
  else if (frame.kind == Kind::kStatus && frame.tag == kIsInfo)
    set_event(message, kInfo, frame.data[0]);
  else if (frame.kind == Kind::kStatus)
    set_event(message, kStatus, static_cast<std::uint8_t>(status_bits(frame.state)));
  else
    set_frame(message, frame);
  return message;
}

std::uint64_t ticks_of(int channel, std::int64_t time_ns) {
  const std::int64_t start = with_line(channel, [](const Line& line) { return line.start_ns; });
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time_ns - start, 0)) /
         (1'000'000'000ull * kStampDivisor / kClockHz);
}

/// The next message; one about time stamps that wrapped comes before the first frame after that.
Result read(MessageChannel& channel, Message& message, Result empty) {
  const auto now = static_cast<std::uint32_t>(ticks_of(channel.channel_, now_ns()) >> 32);
  if (channel.port->pending() > 0 && now > channel.wraps) {
    message = {0, now - channel.wraps, kTimeOverrun, {}};
    channel.wraps = now;
    return kOk;
  }
  const auto frame = channel.port->take();
  if (!frame) return empty;
  const auto time = static_cast<std::uint32_t>(ticks_of(channel.channel_, frame->time_ns));
  message = message_of(*frame, time);
  if (!channel.port->take_overrun()) return kOk;
  message.info |= kInfoOverrun;
  ++channel.overrun;
  return kOk;
}

Result with_active(Handle handle, auto use) {
  return with<MessageChannel>(handle, [&](MessageChannel& channel) {
    if (!channel.port) return kNotInitialized;
    return channel.active ? use(channel) : kInvalidState;
  });
}

/// Whether the controller's mode allows the message.
bool is_sound(int channel, const Message& message) {
  const std::uint32_t length = message.info >> kDlcShift & 0xF;
  const bool extended = message.info & kInfoExtended;
  if ((message.info & 0xFF) != kData || length > 8) return false;
  if (message.id > (extended ? 0x1FFFFFFFu : 0x7FFu)) return false;
  return with_line(channel, [&](const Line& line) {
    return (line.mode & (extended ? kExtended : kStandard)) != 0;
  });
}

Result send(MessageChannel& channel, const Message& message) {
  if (!is_sound(channel.channel_, message)) return kInvalidArg;
  const auto [started, mode] = with_line(
      channel.channel_, [](const Line& line) { return std::pair(line.started, line.mode); });
  if (started == 0) return kInvalidState;
  if (mode & kListenOnly) return kOk;  // nothing goes out
  switch (channel.port->send(frame_of(message.id, message.info, message.data))) {
    case Sent::kFull:
      return kTxQueueFull;
    case Sent::kGone:
      return gone_code(channel.channel_);
    default:
      return kOk;
  }
}

/// Tries until the deadline to get a message into the queue.
Result send_within(MessageChannel& channel, const Message& message, std::uint32_t ms) {
  const auto end = deadline(ms);
  Result result = send(channel, message);
  while (result == kTxQueueFull) {
    if (end && std::chrono::steady_clock::now() >= *end) return kTimeout;
    channel.port->wait_sent(1);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    result = send(channel, message);
  }
  return result;
}

}  // namespace

Frame frame_of(std::uint32_t id, std::uint32_t info, const std::uint8_t* data) {
  Frame frame;
  frame.id = id;
  frame.extended = info & kInfoExtended;
  frame.kind = info & kRtr ? Kind::kRemote : Kind::kData;
  frame.length = static_cast<std::uint8_t>(info >> kDlcShift & 0xF);
  frame.tag = info & kSelfReception;
  if (frame.kind == Kind::kData) std::memcpy(frame.data.data(), data, 8);
  return frame;
}

void announce(int channel, Info info) {
  Frame news;
  news.kind = Kind::kStatus;
  news.tag = kIsInfo;
  news.data[0] = info;
  const std::lock_guard lock(all_channels().mutex);
  for (MessageChannel* open : all_channels().open)
    if (open->channel_ == channel && open->active) open->port->reflect(news);
}

LineStatus line_status(int channel) {
  const Channel state = channel_state(channel);
  std::uint32_t status = status_bits(error_state(state));
  if (!state.waiting.empty()) status |= kTxPending;
  return with_line(channel, [&](const Line& line) -> LineStatus {
    return {line.mode, line.btr0, line.btr1, 0, status | (line.started ? 0 : kInInit)};
  });
}

}  // namespace can::stand_in::ixxat

namespace {
using namespace can::stand_in;
using namespace can::stand_in::ixxat;
}  // namespace

STAND_IN_EXPORT Result VCI_CALL canChannelOpen(Handle device, std::uint32_t line, Bool exclusive,
                                               Handle* handle) {
  STAND_IN_CALL(Result);
  return open_on_line(device, line, handle, [&](int channel) -> std::shared_ptr<Object> {
    if (access_denied(channel, exclusive != 0)) return nullptr;
    return std::make_shared<MessageChannel>(channel, exclusive != 0);
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelClose(Handle handle) {
  STAND_IN_CALL(Result);
  return find_as<MessageChannel>(handle) ? release(handle) : kInvHandle;
}

STAND_IN_EXPORT Result VCI_CALL canChannelInitialize(Handle handle, std::uint16_t rx_size,
                                                     std::uint16_t /*rx_threshold*/,
                                                     std::uint16_t tx_size,
                                                     std::uint16_t /*tx_threshold*/) {
  STAND_IN_CALL(Result);
  return with<MessageChannel>(handle, [&](MessageChannel& channel) {
    if (channel.active) return kInvalidState;
    if (rx_size == 0 || tx_size == 0) return kInvalidArg;
    channel.port = std::make_unique<Port>(channel.channel_, rx_size, tx_size);
    channel.port->set_filter(
        [number = channel.channel_](const Frame& frame) { return hears(number, frame); });
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelActivate(Handle handle, Bool enable) {
  STAND_IN_CALL(Result);
  return with<MessageChannel>(handle, [&](MessageChannel& channel) {
    if (!channel.port) return kNotInitialized;
    channel.active = enable != 0;
    channel.port->listen(channel.active);
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelGetStatus(Handle handle, ChannelStatus* status) {
  STAND_IN_CALL(Result);
  return with<MessageChannel>(handle, [&](MessageChannel& channel) {
    const std::uint32_t overrun = channel.overrun || (channel.port && channel.port->overrun());
    *status = {line_status(channel.channel_), channel.active, overrun, 0, 0};
    if (overrun) status->line.status |= kOverrun;
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelPeekMessage(Handle handle, Message* message) {
  STAND_IN_CALL(Result);
  return with_active(
      handle, [&](MessageChannel& channel) { return read(channel, *message, kRxQueueEmpty); });
}

STAND_IN_EXPORT Result VCI_CALL canChannelReadMessage(Handle handle, std::uint32_t ms,
                                                      Message* message) {
  STAND_IN_CALL(Result);
  return with_active(handle, [&](MessageChannel& channel) {
    channel.port->wait(ms);
    return channel.port->gone() ? gone_code(channel.channel_) : read(channel, *message, kTimeout);
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelWaitRxEvent(Handle handle, std::uint32_t ms) {
  STAND_IN_CALL(Result);
  return with_active(handle, [&](MessageChannel& channel) {
    if (channel.port->wait(ms)) return kOk;
    return channel.port->gone() ? gone_code(channel.channel_) : kTimeout;
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelWaitTxEvent(Handle handle, std::uint32_t ms) {
  STAND_IN_CALL(Result);
  return with_active(handle, [&](MessageChannel& channel) {
    if (channel.port->wait_sent(ms)) return kOk;
    return channel.port->gone() ? gone_code(channel.channel_) : kTimeout;
  });
}

STAND_IN_EXPORT Result VCI_CALL canChannelPostMessage(Handle handle, const Message* message) {
  STAND_IN_CALL(Result);
  return with_active(handle, [&](MessageChannel& channel) { return send(channel, *message); });
}

STAND_IN_EXPORT Result VCI_CALL canChannelSendMessage(Handle handle, std::uint32_t ms,
                                                      const Message* message) {
  STAND_IN_CALL(Result);
  return with_active(handle,
                     [&](MessageChannel& channel) { return send_within(channel, *message, ms); });
}
