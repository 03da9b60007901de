// SPDX-License-Identifier: MIT
// Stands in for Kvaser's CANLIB on Linux (libcanlib.so.1): handles, writing and reading. By default
// its channels are virtual ones, as those of the driver kvvirtualcan: without filters in hardware,
// LEDs and single shot; `set CHANNEL virtual 0` makes one a card's.
//
// Source: canlib.h, canstat.h of linuxcan 5.49 and how its libcanlib.so.1.10 behaves.
#include "tests/stand_ins/kvaser.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "tests/stand_ins/lengths.h"

namespace can::stand_in {

const Identity& identity() {
  static constexpr Identity kvaser{"kvaser", 2};
  return kvaser;
}

namespace kvaser {
namespace {

constexpr std::size_t kRxCapacity = 10'000;
constexpr std::size_t kTxCapacity = 497;  // the burst that the virtual driver takes

struct Handles {
  std::mutex mutex;
  std::map<int, std::shared_ptr<Handle>> open;
  int next = 0;
};

Handles& handles() {
  static Handles& handles = *new Handles;
  return handles;
}

std::atomic<bool> initialized = false;

bool channel_is_free(int channel, int flags) {
  for (const auto& [number, handle] : handles().open) {
    if (handle->port.channel() != channel) continue;
    if ((flags | handle->flags) & kOpenExclusive) return false;
  }
  return true;
}

bool id_fits(long id, unsigned flags) {
  const long most = flags & kExt ? 0x1FFFFFFF : 0x7FF;
  return id >= 0 && id <= most;
}

bool length_fits(const Handle& handle, unsigned length, unsigned flags) {
  if (flags & kFdf) return length <= 64 && is_fd_length(length);
  return length <= 8 || (handle.flags & kOpenLargeDlc && length <= 15);
}

/// Why canWrite refuses a message, before it looks at the bus.
Status fault_of(const Handle& handle, long id, unsigned length, unsigned flags) {
  if (flags & (kEsi | kTxNack | kAbl)) return kParam;
  if (flags & (kFdf | kBrs) && !(handle.flags & (kOpenFd | kOpenFdNonIso))) return kParam;
  if (!id_fits(id, flags) || !length_fits(handle, length, flags)) return kParam;
  if (flags & kSingleShot && is_virtual(handle.port.channel())) return kNotSupported;
  return handle.on ? kOk : kTxBufOfl;
}

Frame frame_of(long id, const void* data, unsigned length, unsigned flags) {
  Frame frame;
  frame.id = static_cast<std::uint32_t>(id);
  frame.extended = flags & kExt;
  frame.fd = flags & kFdf;
  frame.brs = flags & kBrs;
  frame.length = static_cast<std::uint8_t>(frame.fd ? length : std::min(length, 8u));
  if (flags & kRtr) frame.kind = Kind::kRemote;
  if (flags & kErrorFrame) frame.kind = Kind::kError;
  if (frame.kind == Kind::kData && data) std::memcpy(frame.data.data(), data, frame.length);
  return frame;
}

unsigned error_flags(BusError error) {
  switch (error) {
    case BusError::kStuff:
      return kErrorFrame | kStuff;
    case BusError::kForm:
      return kErrorFrame | kForm;
    case BusError::kCrc:
      return kErrorFrame | kCrc;
    case BusError::kBit0:
      return kErrorFrame | kBit0;
    case BusError::kBit1:
      return kErrorFrame | kBit1;
    default:
      return kErrorFrame;
  }
}

/// An error frame has neither kStd nor kExt.
unsigned flags_of(const Handle& handle, const Frame& frame) {
  if (frame.kind == Kind::kError) return error_flags(frame.error);
  unsigned flags = frame.extended ? kExt : kStd;
  if (frame.kind == Kind::kRemote) flags |= kRtr;
  if (frame.fd) flags |= kFdf;
  if (frame.brs) flags |= kBrs;
  if (frame.esi) flags |= kEsi;
  if (frame.own) flags |= kTxAck;
  if (frame.local && !frame.own && handle.local_txack) flags |= kLocalTxAck;
  return flags;
}

void count(Handle& handle, const Frame& frame) {
  BusStatistics& counts = handle.statistics;
  if (frame.kind == Kind::kError) ++counts.error_frames;
  if (frame.kind == Kind::kData) ++(frame.extended ? counts.ext_data : counts.std_data);
  if (frame.kind == Kind::kRemote) ++(frame.extended ? counts.ext_remote : counts.std_remote);
}

Status read(Handle& handle, long* id, void* data, unsigned* length, unsigned* flags,
            unsigned long* time) {
  const auto frame = handle.port.take();
  if (!frame) return kNoMsg;
  count(handle, *frame);
  if (id) *id = static_cast<long>(frame->id);
  if (data && frame->kind == Kind::kData) std::memcpy(data, frame->data.data(), frame->length);
  if (length) *length = frame->length;
  if (flags) *flags = flags_of(handle, *frame) | (handle.port.take_overrun() ? kSwOverrun : 0);
  if (time) *time = ticks(handle, frame->time_ns);
  return kOk;
}

}  // namespace

Handle::Handle(int channel, int open_flags)
    : flags(open_flags), port(channel, kRxCapacity, kTxCapacity) {
  port.set_filter([this](const Frame& frame) { return hears(frame); });
}

bool Handle::hears(const Frame& frame) const {
  if (frame.kind == Kind::kStatus) return false;
  if (frame.kind == Kind::kError) return error_frames && !frame.own;
  if (frame.fd && !(flags & (kOpenFd | kOpenFdNonIso))) return false;
  if (frame.own ? !txack : frame.local && !local_echo) return false;
  const Comparison& filter = frame.extended ? extended_filter : standard_filter;
  return (frame.id & filter.mask) == (filter.code & filter.mask);
}

bool is_virtual(int channel) { return setting(channel, "virtual", 1) != 0; }

unsigned long ticks(const Handle& handle, std::int64_t time_ns) {
  const std::int64_t scale_ns = std::int64_t{1000} * handle.timer_scale_us;
  return static_cast<unsigned long>((time_ns - handle.bus_on_ns) / scale_ns);
}

Status gone_code(int channel) {
  return static_cast<Status>(setting(channel, "gone_code", kHardware));
}

std::shared_ptr<Handle> find(int number) {
  const std::lock_guard lock(handles().mutex);
  const auto found = handles().open.find(number);
  return found == handles().open.end() ? nullptr : found->second;
}

}  // namespace kvaser
}  // namespace can::stand_in

namespace {
using namespace can::stand_in;
using namespace can::stand_in::kvaser;
}  // namespace

STAND_IN_EXPORT void canInitializeLibrary() {
  called(__func__);
  initialized = true;
}

STAND_IN_EXPORT int canOpenChannel(int channel, int flags) {
  STAND_IN_CALL(int);
  if (!initialized) return kNotInitialized;
  if (!present(channel)) return kNotFound;
  if (is_virtual(channel) && !(flags & kAcceptVirtual)) return kNotFound;
  if (flags & (kOpenFd | kOpenFdNonIso) && setting(channel, "fd", 1) == 0) return kNotSupported;
  const std::lock_guard lock(handles().mutex);
  if (!channel_is_free(channel, flags)) return kNoChannels;
  const int number = handles().next++;
  handles().open[number] = std::make_shared<Handle>(channel, flags);
  return number;
}

STAND_IN_EXPORT int canClose(int number) {
  STAND_IN_CALL(int);
  const std::lock_guard lock(handles().mutex);
  return handles().open.erase(number) ? kOk : kInvHandle;
}

/// Restarts the clock of the handle, and the controller after bus off.
STAND_IN_EXPORT int canBusOn(int number) {
  STAND_IN_CALL(int);
  return with(number, [](Handle& handle) {
    change_channel(handle.port.channel(), [](Channel& channel) {
      if (std::exchange(channel.off, false)) channel.tx_errors = channel.rx_errors = 0;
    });
    if (!handle.on && handle.auto_reset) handle.bus_on_ns = now_ns();
    handle.on = true;
    handle.port.listen(true);
    return kOk;
  });
}

STAND_IN_EXPORT int canBusOff(int number) {
  STAND_IN_CALL(int);
  return with(number, [](Handle& handle) {
    handle.on = false;
    handle.port.listen(false);
    return kOk;
  });
}

STAND_IN_EXPORT int canWrite(int number, long id, void* data, unsigned length, unsigned flags) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const Status fault = fault_of(handle, id, length, flags);
    if (fault != kOk || handle.silent) return fault;
    switch (handle.port.send(frame_of(id, data, length, flags))) {
      case Sent::kFull:
        return kTxBufOfl;
      case Sent::kGone:
        return gone_code(handle.port.channel());
      default:
        return kOk;
    }
  });
}

STAND_IN_EXPORT int canWriteSync(int number, unsigned long ms) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    return handle.port.wait_sent(static_cast<std::uint32_t>(ms)) ? kOk : kTimeout;
  });
}

STAND_IN_EXPORT int canWriteWait(int number, long id, void* data, unsigned length, unsigned flags,
                                 unsigned long ms) {
  STAND_IN_CALL(int);
  const int status = canWrite(number, id, data, length, flags);
  return status == kOk ? canWriteSync(number, ms) : status;
}

STAND_IN_EXPORT int canRead(int number, long* id, void* data, unsigned* length, unsigned* flags,
                            unsigned long* time) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) { return read(handle, id, data, length, flags, time); });
}

/// A time-out is kNoMsg here, not kTimeout.
STAND_IN_EXPORT int canReadWait(int number, long* id, void* data, unsigned* length, unsigned* flags,
                                unsigned long* time, unsigned long ms) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    handle.port.wait(static_cast<std::uint32_t>(std::min(ms, 0xFFFFFFFFul)));
    if (handle.port.gone()) return gone_code(handle.port.channel());
    return read(handle, id, data, length, flags, time);
  });
}

#ifndef STAND_IN_OLD
/// The descriptor of the device; poll(2) tells that a message is there.
STAND_IN_EXPORT int canGetRawHandle(int number, void* descriptor) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const int found = handle.port.descriptor();
    std::memcpy(descriptor, &found, sizeof found);
    return kOk;
  });
}
#endif
