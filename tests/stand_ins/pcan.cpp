// SPDX-License-Identifier: MIT
// Stands in for PCAN-Basic on Linux (libpcanbasic.so.4): initialization, writing and reading.
// PCAN_USBBUS1 and up are attached, all on one wire, as a channel can be initialized only once in a
// process.
//
// Source: PCANBasic.h 4.10 and how its libpcanbasic.so.4.10.0 behaves.
#include "tests/stand_ins/pcan.h"

#include <cstring>
#include <map>
#include <mutex>

#include "tests/stand_ins/lengths.h"
#include "tests/stand_ins/pcan_rates.h"

namespace can::stand_in {

const Identity& identity() {
  static constexpr Identity pcan{"pcan", 2, 0};
  return pcan;
}

namespace pcan {
namespace {

constexpr std::size_t kRxCapacity = 10'000, kTxCapacity = 500;

struct Channels {
  std::mutex mutex;
  std::map<int, std::shared_ptr<Open>> open;
  std::map<int, Options> before;
};

Channels& channels() {
  static Channels& channels = *new Channels;
  return channels;
}

Status initialize(Handle handle, bool fd, auto set_rates) {
  const int channel = channel_of(handle);
  if (!present(channel)) return kIllHw;
  Options& before = options_before(channel);
  const std::lock_guard lock(channels().mutex);
  if (channels().open.contains(channel)) return kInitialize;
  const auto open = std::make_shared<Open>(channel, fd, before);
  const Status status = set_rates(*open);
  if (status != kOk) return status;
  set_setting(channel, "bitrate", open->nominal);
  set_setting(channel, "data_bitrate", open->data);
  channels().open[channel] = open;
  return kOk;
}

/// A standard id that is too large is cut, not refused.
template <typename Message>
Frame frame_of(const Message& message, std::uint8_t length) {
  Frame frame;
  frame.extended = message.type & kExtended;
  frame.id = message.id & (frame.extended ? 0x1FFFFFFF : 0x7FF);
  frame.fd = message.type & kFd;
  frame.brs = message.type & kBrs;
  frame.esi = message.type & kEsi;
  frame.kind = message.type & kRtr ? Kind::kRemote : Kind::kData;
  frame.length = length;
  if (frame.kind == Kind::kData) std::memcpy(frame.data.data(), message.data, length);
  return frame;
}

std::uint8_t type_of(const Frame& frame) {
  unsigned type = frame.extended ? kExtended : 0;
  if (frame.kind == Kind::kRemote) type |= kRtr;
  if (frame.fd) type |= kFd;
  if (frame.brs) type |= kBrs;
  if (frame.esi) type |= kEsi;
  if (frame.own) type |= kEcho;
  return static_cast<std::uint8_t>(type);
}

std::uint32_t kind_of(BusError error) {
  switch (error) {
    case BusError::kBit0:
    case BusError::kBit1:
      return 1;
    case BusError::kForm:
      return 2;
    case BusError::kStuff:
      return 4;
    default:
      return 8;
  }
}

template <typename Message>
void fill_error(Message& message, const Frame& frame, const Channel& channel) {
  message.type = kErrFrame;
  message.id = kind_of(frame.error);
  message.data[0] = 1;  // seen while receiving
  message.data[2] = static_cast<std::uint8_t>(channel.rx_errors);
  message.data[3] = static_cast<std::uint8_t>(channel.tx_errors);
}

template <typename Message>
void fill_status(Message& message, Status status) {
  message.type = kStatusFrame;
  for (unsigned i = 0; i < 4; ++i)
    message.data[i] = static_cast<std::uint8_t>(status >> (24 - 8 * i));
}

void set_length(Msg& message, std::uint8_t length) { message.length = length; }
void set_length(MsgFd& message, std::uint8_t length) { message.dlc = dlc_of(length); }

template <typename Message>
void fill(Message& message, const Frame& frame, int channel) {
  message = {};
  set_length(message, frame.length);
  switch (frame.kind) {
    case Kind::kError:
      set_length(message, 4);
      return fill_error(message, frame, channel_state(channel));
    case Kind::kStatus:
      set_length(message, 4);
      return fill_status(message, bus_status(channel));
    default:
      break;
  }
  message.id = frame.id;
  message.type = type_of(frame);
  std::memcpy(message.data, frame.data.data(), std::min(sizeof message.data, frame.data.size()));
}

/// An empty queue is told together with the state of the bus, in one code.
template <typename Message>
Status read(Open& open, Message& message, std::int64_t& us) {
  const int channel = open.port.channel();
  const auto frame = open.port.take();
  if (!frame)
    return kQRcvEmpty | bus_status(channel) | (open.port.take_overrun() ? kQOverrun : kOk);
  fill(message, *frame, channel);
  us = frame->time_ns / 1000;
  return kOk;
}

Status write(Open& open, const Frame& frame) {
  if (open.options.listen_only) return kOk;  // nothing goes out
  switch (open.port.send(frame)) {
    case Sent::kFull:
      return kQXmtFull;
    case Sent::kOff:
      return kBusOff;
    case Sent::kGone:
      return kIllHw;
    default:
      return kOk;
  }
}

void uninitialize(int channel) {
  const std::lock_guard lock(channels().mutex);
  channels().open.erase(channel);
  channels().before.erase(channel);
}

/// Calls `use` with a channel that can be used for classic frames or for FD frames.
Status with_mode(Handle handle, bool fd, auto use) {
  return with(handle, [&](Open& open) { return open.fd == fd ? use(open) : kIllOperation; });
}

}  // namespace

bool Acceptance::accepts(std::uint32_t id) const {
  return ((id ^ code) & ~mask) == 0 && id >= from && id <= to;
}

Open::Open(int channel, bool is_fd, const Options& preset)
    : fd(is_fd), port(channel, kRxCapacity, kTxCapacity) {
  options.listen_only = preset.listen_only.load();
  options.echo = preset.echo.load();
  port.set_filter([this](const Frame& frame) { return hears(frame); });
  port.listen(true);
}

bool Open::hears(const Frame& frame) const {
  if (!options.receive) return false;
  if (frame.kind == Kind::kStatus) return options.status;
  if (frame.kind == Kind::kError) return options.errors;
  if (frame.own && !options.echo) return false;
  if (frame.fd && !fd) return false;
  if (frame.kind == Kind::kRemote && !options.remote) return false;
  return filter_state != 0 && (frame.extended ? extended : standard).accepts(frame.id);
}

int channel_of(Handle handle) {
  if (handle >= 0x51 && handle <= 0x58) return handle - 0x51;
  if (handle >= 0x509 && handle <= 0x510) return handle - 0x509 + 8;
  return -1;
}

Handle handle_of(int channel) {
  return static_cast<Handle>(channel < 8 ? 0x51 + channel : 0x509 + channel - 8);
}

std::shared_ptr<Open> find(Handle handle) {
  const std::lock_guard lock(channels().mutex);
  const auto found = channels().open.find(channel_of(handle));
  return found == channels().open.end() ? nullptr : found->second;
}

Status why_unusable(Handle handle, const Open* open) {
  if (!present(channel_of(handle)) || (open && open->port.gone()))
    return static_cast<Status>(setting(channel_of(handle), "gone_code", kIllHw));
  return open ? kOk : kInitialize;
}

Options& options_before(int channel) {
  const std::lock_guard lock(channels().mutex);
  return channels().before[channel];
}

Status bus_status(int channel) { return bus_status(channel, error_state(channel_state(channel))); }

Status bus_status(int channel, ErrorState state) {
  const auto more = static_cast<Status>(setting(channel, "status", 0));
  switch (state) {
    case ErrorState::kWarning:
      return more | kBusWarning;
    case ErrorState::kPassive:
      return more | kBusPassive;
    case ErrorState::kOff:
      return more | kBusOff;
    default:
      return more;
  }
}

}  // namespace pcan
}  // namespace can::stand_in

namespace {
using namespace can::stand_in;
using namespace can::stand_in::pcan;
}  // namespace

STAND_IN_EXPORT Status CAN_Initialize(Handle handle, std::uint16_t btr, std::uint8_t /*type*/,
                                      std::uint32_t /*port*/, std::uint16_t /*interrupt*/) {
  STAND_IN_CALL(Status);
  return initialize(handle, false, [&](Open& open) {
    open.btr = btr;
    open.nominal = bitrate_of(btr);
    return kOk;
  });
}

STAND_IN_EXPORT Status CAN_InitializeFD(Handle handle, char* text) {
  STAND_IN_CALL(Status);
  if (present(channel_of(handle)) && setting(channel_of(handle), "fd", 1) == 0)
    return kIllOperation;
  return initialize(handle, true, [&](Open& open) {
    const auto rates = parse_rates(text ? text : "");
    if (!rates) return kIllParamVal;
    open.fd_rates = text;
    open.nominal = rates->nominal;
    open.data = rates->data;
    return kOk;
  });
}

/// Handle 0: all channels.
STAND_IN_EXPORT Status CAN_Uninitialize(Handle handle) {
  STAND_IN_CALL(Status);
  if (handle != 0 && !find(handle)) return kInitialize;
  for (int channel = 0; channel < 16; ++channel)
    if (handle == 0 || channel == channel_of(handle)) uninitialize(channel);
  return kOk;
}

/// Empties both queues; the controller stays as it is.
STAND_IN_EXPORT Status CAN_Reset(Handle handle) {
  STAND_IN_CALL(Status);
  return with(handle, [](Open& open) {
    open.port.clear_received();
    open.port.clear_waiting();
    open.port.take_overrun();
    return kOk;
  });
}

STAND_IN_EXPORT Status CAN_GetStatus(Handle handle) {
  STAND_IN_CALL(Status);
  return with(handle, [](Open& open) {
    const int channel = open.port.channel();
    const Status full = channel_state(channel).full ? kQXmtFull : kOk;
    return bus_status(channel) | full | (open.port.overrun() ? kQOverrun : kOk);
  });
}

STAND_IN_EXPORT Status CAN_Read(Handle handle, Msg* message, Timestamp* time) {
  STAND_IN_CALL(Status);
  return with_mode(handle, false, [&](Open& open) {
    std::int64_t us = 0;
    const Status status = read(open, *message, us);
    if (status != kOk || !time) return status;
    const std::int64_t ms = us / 1000;
    *time = {static_cast<std::uint32_t>(ms), static_cast<std::uint16_t>(ms >> 32),
             static_cast<std::uint16_t>(us % 1000)};
    return kOk;
  });
}

STAND_IN_EXPORT Status CAN_ReadFD(Handle handle, MsgFd* message, std::uint64_t* time) {
  STAND_IN_CALL(Status);
  return with_mode(handle, true, [&](Open& open) {
    std::int64_t us = 0;
    const Status status = read(open, *message, us);
    if (status == kOk && time) *time = static_cast<std::uint64_t>(us);
    return status;
  });
}

STAND_IN_EXPORT Status CAN_Write(Handle handle, const Msg* message) {
  STAND_IN_CALL(Status);
  return with_mode(handle, false, [&](Open& open) {
    if (message->length > 8 || message->type & ~(kRtr | kExtended)) return kIllParamVal;
    return write(open, frame_of(*message, message->length));
  });
}

STAND_IN_EXPORT Status CAN_WriteFD(Handle handle, const MsgFd* message) {
  STAND_IN_CALL(Status);
  return with_mode(handle, true, [&](Open& open) {
    const std::uint8_t most = message->type & kFd ? 15 : 8;
    if (message->dlc > most || message->type & ~(kRtr | kExtended | kFd | kBrs | kEsi))
      return kIllParamVal;
    return write(open, frame_of(*message, kFdLengths[message->dlc]));
  });
}

/// The first call closes the range that was open, later ones widen it.
STAND_IN_EXPORT Status CAN_FilterMessages(Handle handle, std::uint32_t from, std::uint32_t to,
                                          std::uint8_t mode) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Open& open) {
    if (from > to || (mode != 0 && mode != 2)) return kIllParamVal;
    Acceptance& range = mode == 2 ? open.extended : open.standard;
    const bool first = !range.has_range.exchange(true);
    range.from = first ? from : std::min(range.from.load(), from);
    range.to = first ? to : std::max(range.to.load(), to);
    open.filter_state = 2;
    return kOk;
  });
}
