// SPDX-License-Identifier: MIT
// The rest of the stand-in for CANLIB: channels, filters, canIoCtl, status and texts.
// Source: canlib.h, canstat.h of linuxcan 5.49.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/stand_ins/kvaser.h"

namespace {

using namespace can::stand_in;
using namespace can::stand_in::kvaser;

Status set_filter(Handle& handle, unsigned flag, unsigned value) {
  if (is_virtual(handle.port.channel())) return kNotImplemented;
  switch (flag) {
    case 3:
      handle.standard_filter.code = value;
      return kOk;
    case 4:
      handle.standard_filter.mask = value;
      return kOk;
    case 5:
      handle.extended_filter.code = value;
      return kOk;
    case 6:
      handle.extended_filter.mask = value;
      return kOk;
    default:
      return kParam;
  }
}

// canGetChannelData

Status give(void* buffer, std::size_t size, std::uint64_t value, std::size_t needed) {
  if (size < needed) return kParam;
  std::memcpy(buffer, &value, needed);
  return kOk;
}

Status give(void* buffer, std::size_t size, const std::string& text) {
  if (size <= text.size()) return kParam;
  std::memcpy(buffer, text.c_str(), text.size() + 1);
  return kOk;
}

/// CHANNEL_CAP; of a virtual channel what kvvirtualcan says.
std::uint64_t capabilities(int channel) {
  const std::uint64_t fd = setting(channel, "fd", 1) ? 0x80000 : 0;
  return fd | (is_virtual(channel) ? 0x300D1 : 0x6000D7);
}

std::string card_name(int channel) {
  return is_virtual(channel) ? "Kvaser Virtual CAN" : "Kvaser Stand-in Leaf";
}

std::string channel_name(int channel) {
  const std::string card = is_virtual(channel) ? "KVASER VIRTUALcan" : "KVASER Stand-in Leaf";
  return card + " channel " + std::to_string(channel);
}

Status channel_data(int channel, int item, void* buffer, std::size_t size) {
  const auto number = static_cast<std::uint64_t>(channel);
  switch (item) {
    case 1:
      return give(buffer, size, capabilities(channel), 4);
    case 4:
      return give(buffer, size, is_virtual(channel) ? 1 : 48, 4);
    case 5:
      return give(buffer, size, number / 2, 4);
    case 6:
      return give(buffer, size, number % 2, 4);
    case 7:
      return give(buffer, size, static_cast<std::uint64_t>(setting(channel, "serial", 1)), 8);
    case 9:
    case 11:
      return give(buffer, size, 0, 8);
    case 13:
      return give(buffer, size, channel_name(channel));
    case 26:
      return give(buffer, size, card_name(channel));
    case 27:
      return give(buffer, size, is_virtual(channel) ? "kvvirtualcan" : "leaf");
    default:
      return kParam;
  }
}

// canIoCtl

/// What canIoCtl sets: the value in the buffer, of exactly this size.
template <typename Value>
Status set_from(const void* buffer, unsigned size, auto set) {
  if (!buffer || size != sizeof(Value)) return kParam;
  Value value;
  std::memcpy(&value, buffer, sizeof value);
  return set(value);
}

template <typename Value>
Status set_from(const void* buffer, unsigned size, std::atomic<bool>& target) {
  return set_from<Value>(buffer, size, [&](Value value) {
    target = value != 0;
    return kOk;
  });
}

Status set_timer_scale(Handle& handle, const void* buffer, unsigned size) {
  return set_from<std::uint32_t>(buffer, size, [&](std::uint32_t us) {
    if (us == 0) return kParam;
    handle.timer_scale_us = us;
    return kOk;
  });
}

Status set_rx_queue(Handle& handle, const void* buffer, unsigned size) {
  return set_from<std::uint32_t>(buffer, size, [&](std::uint32_t count) {
    handle.port.set_capacity(count);
    return kOk;
  });
}

Status control_handle(Handle& handle, unsigned function, void* buffer, unsigned size) {
  switch (function) {
    case 1:
      handle.prefer_extended = true;
      return kOk;
    case 2:
      handle.prefer_extended = false;
      return kOk;
    case 5:
      return kOk;
    case 6:
      return set_timer_scale(handle, buffer, size);
    case 7:
      return set_from<std::uint32_t>(buffer, size, handle.txack);
    case 8:
      return give(buffer, size, handle.port.pending(), 4);
    case 9:
      return give(buffer, size, handle.port.waiting(), 4);
    case 10:
      handle.port.clear_received();
      return kOk;
    case 11:
      handle.port.clear_waiting();
      return kOk;
    case 12:
      return give(buffer, size, handle.timer_scale_us, 4);
    case 27:
      return set_rx_queue(handle, buffer, size);
    case 31:
      return give(buffer, size, handle.txack, 4);
    case 32:
      return set_from<std::uint8_t>(buffer, size, handle.local_echo);
    case 33:
      return set_from<std::uint32_t>(buffer, size, handle.error_frames);
    case 46:
      return set_from<std::uint32_t>(buffer, size, handle.local_txack);
    default:
      return kParam;
  }
}

unsigned long status_bits(const Handle& handle) {
  const Channel channel = channel_state(handle.port.channel());
  unsigned long bits = 0;
  switch (error_state(channel)) {
    case ErrorState::kActive:
      bits = kStatActive;
      break;
    case ErrorState::kWarning:
      bits = kStatWarning;
      break;
    case ErrorState::kPassive:
      bits = kStatPassive;
      break;
    case ErrorState::kOff:
      bits = kStatOff;
      break;
  }
  if (!channel.waiting.empty()) bits |= kStatTxPending;
  if (handle.port.pending() > 0) bits |= kStatRxPending;
  if (channel.tx_errors > 0) bits |= kStatTxErr;
  if (channel.rx_errors > 0) bits |= kStatRxErr;
  return bits | (handle.port.overrun() ? kStatSwOverrun : 0);
}

const char* text_of(int status) {
  switch (status) {
    case 0:
      return "No error";
    case -1:
      return "Error in parameter";
    case -2:
      return "No messages available";
    case -3:
      return "Specified device not found";
    case -5:
      return "No channels available";
    case -7:
      return "Timeout occurred";
    case -10:
      return "Handle is invalid";
    case -13:
      return "Transmit buffer overflow";
    case -32:
      return "Not implemented";
    default:
      return "Stand-in text";
  }
}

}  // namespace

STAND_IN_EXPORT int canGetNumberOfChannels(int* count) {
  STAND_IN_CALL(int);
  *count = device_count();
  return kOk;
}

STAND_IN_EXPORT int canGetChannelData(int channel, int item, void* buffer, std::size_t size) {
  STAND_IN_CALL(int);
  return present(channel) ? channel_data(channel, item, buffer, size) : kNotFound;
}

/// Only normal and silent: the Linux library refuses self-reception (8) and off (0).
STAND_IN_EXPORT int canSetBusOutputControl(int number, unsigned type) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    if (type != 4 && type != 1) return kParam;
    handle.silent = type == 1;
    set_setting(handle.port.channel(), "silent", handle.silent);
    return kOk;
  });
}

STAND_IN_EXPORT int canSetAcceptanceFilter(int number, unsigned code, unsigned mask, int extended) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const Status status = set_filter(handle, extended ? 5 : 3, code);
    return status == kOk ? set_filter(handle, extended ? 6 : 4, mask) : status;
  });
}

STAND_IN_EXPORT int canAccept(int number, long envelope, unsigned flag) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    return set_filter(handle, flag, static_cast<unsigned>(envelope));
  });
}

STAND_IN_EXPORT int canIoCtl(int number, unsigned function, void* buffer, unsigned size) {
  STAND_IN_CALL(int);
  return with(number,
              [&](Handle& handle) { return control_handle(handle, function, buffer, size); });
}

STAND_IN_EXPORT int canReadTimer(int number, unsigned long* time) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    *time = ticks(handle, now_ns());
    return kOk;
  });
}

STAND_IN_EXPORT int canReadStatus(int number, unsigned long* flags) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    *flags = status_bits(handle);
    return kOk;
  });
}

STAND_IN_EXPORT int canRequestChipStatus(int number) {
  STAND_IN_CALL(int);
  return with(number, [](Handle&) { return kOk; });
}

STAND_IN_EXPORT int canReadErrorCounters(int number, unsigned* tx, unsigned* rx,
                                         unsigned* overruns) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const Channel channel = channel_state(handle.port.channel());
    if (tx) *tx = channel.tx_errors;
    if (rx) *rx = channel.rx_errors;
    if (overruns) *overruns = static_cast<unsigned>(handle.port.overruns());
    return kOk;
  });
}

STAND_IN_EXPORT int canRequestBusStatistics(int number) {
  STAND_IN_CALL(int);
  return with(number, [](Handle&) { return kOk; });
}

STAND_IN_EXPORT int canGetBusStatistics(int number, void* statistics, std::size_t size) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    if (size != sizeof(BusStatistics)) return kParam;
    handle.statistics.overruns = handle.port.overruns();
    std::memcpy(statistics, &handle.statistics, size);
    return kOk;
  });
}

STAND_IN_EXPORT int kvFlashLeds(int number, int action, int /*timeout_ms*/) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    if (is_virtual(handle.port.channel())) return kNotImplemented;
    set_setting(handle.port.channel(), "led", action);
    return kOk;
  });
}

STAND_IN_EXPORT int canGetErrorText(int status, char* buffer, unsigned size) {
  STAND_IN_CALL(int);
  if (status > 0 || status < -47 || !buffer || size == 0) return kParam;
  std::snprintf(buffer, size, "%s", text_of(status));
  return kOk;
}

STAND_IN_EXPORT unsigned short canGetVersion() {
  STAND_IN_CALL(unsigned short);
  return 0x0831;
}

#ifndef STAND_IN_OLD
STAND_IN_EXPORT int canEnumHardwareEx(int* count) {
  STAND_IN_CALL(int);
  *count = device_count();
  return kOk;
}

STAND_IN_EXPORT int kvReadTimer(int number, unsigned* time) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    *time = static_cast<unsigned>(ticks(handle, now_ns()));
    return kOk;
  });
}

STAND_IN_EXPORT int kvReadTimer64(int number, std::uint64_t* time) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    *time = ticks(handle, now_ns());
    return kOk;
  });
}
#endif
