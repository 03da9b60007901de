// SPDX-License-Identifier: MIT
// The rest of the stand-in for CANLIB: channels, bit rates, filters, canIoCtl, status and texts.
// Source: canlib.h, canstat.h of linuxcan 5.49.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/stand_ins/kvaser.h"

namespace {

using namespace can::stand_in;
using namespace can::stand_in::kvaser;

/// A preset of canSetBusParams or canSetBusParamsFd.
struct Rate {
  long preset, bitrate;
  unsigned tseg1, tseg2, sjw;
};

constexpr Rate kRates[] = {
    {-1, 1'000'000, 5, 2, 1},     {-2, 500'000, 5, 2, 1},       {-3, 250'000, 5, 2, 1},
    {-4, 125'000, 11, 4, 1},      {-5, 100'000, 11, 4, 1},      {-6, 62'500, 11, 4, 1},
    {-7, 50'000, 11, 4, 1},       {-8, 83'333, 5, 2, 2},        {-9, 10'000, 11, 4, 1},
    {-1000, 500'000, 63, 16, 16}, {-1001, 1'000'000, 31, 8, 8}, {-1002, 2'000'000, 15, 4, 4},
    {-1003, 4'000'000, 7, 2, 2},  {-1004, 8'000'000, 2, 2, 1},  {-1005, 8'000'000, 7, 2, 1},
    {-1006, 8'000'000, 6, 3, 1},  {-1007, 2'000'000, 11, 8, 4},
};

/// The rate of a preset, or the one given; 0: neither.
Rate rate_of(long frequency, unsigned tseg1, unsigned tseg2, unsigned sjw) {
  if (frequency > 0) return {0, frequency, tseg1, tseg2, sjw};
  for (const Rate& rate : kRates)
    if (rate.preset == frequency) return rate;
  return {};
}

void set_rate(Handle& handle, const Rate& rate, unsigned samples) {
  handle.bitrate = rate.bitrate;
  handle.tseg1 = rate.tseg1;
  handle.tseg2 = rate.tseg2;
  handle.sjw = rate.sjw;
  handle.samples = std::max(samples, 1u);
  set_setting(handle.port.channel(), "bitrate", rate.bitrate);
}

Status set_data_rate(Handle& handle, long bitrate) {
  if (bitrate <= 0 || !(handle.flags & (kOpenFd | kOpenFdNonIso))) return kParam;
  handle.data_bitrate = bitrate;
  set_setting(handle.port.channel(), "data_bitrate", bitrate);
  return kOk;
}

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

#ifndef STAND_IN_OLD
/// Bit/s at a clock of 80 MHz; 0 where the parts don't add up.
long rate_of(const BusParamsTq& timing) {
  const bool adds_up = timing.tq == 1 + timing.prop + timing.phase1 + timing.phase2;
  if (!adds_up || timing.tq <= 1 || timing.prescaler < 1) return 0;
  return 80'000'000 / (timing.tq * timing.prescaler);
}
#endif

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
      return give(buffer, size, 0, 8);
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

STAND_IN_EXPORT int canSetBusParams(int number, long frequency, unsigned tseg1, unsigned tseg2,
                                    unsigned sjw, unsigned samples, unsigned /*syncmode*/) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const Rate rate = rate_of(frequency, tseg1, tseg2, sjw);
    if (rate.bitrate == 0) return kParam;
    set_rate(handle, rate, samples);
    return kOk;
  });
}

STAND_IN_EXPORT int canSetBusParamsFd(int number, long frequency, unsigned tseg1, unsigned tseg2,
                                      unsigned sjw) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    return set_data_rate(handle, rate_of(frequency, tseg1, tseg2, sjw).bitrate);
  });
}

/// Registers of an SJA1000 at 16 MHz.
STAND_IN_EXPORT int canSetBusParamsC200(int number, unsigned char btr0, unsigned char btr1) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const unsigned tseg1 = (btr1 & 0xFu) + 1, tseg2 = (btr1 >> 4 & 7u) + 1;
    const unsigned quanta = ((btr0 & 0x3Fu) + 1) * (1 + tseg1 + tseg2);
    set_rate(handle, {0, 8'000'000 / static_cast<long>(quanta), tseg1, tseg2, (btr0 >> 6) + 1u},
             btr1 & 0x80 ? 3 : 1);
    return kOk;
  });
}

STAND_IN_EXPORT int canGetBusParams(int number, long* frequency, unsigned* tseg1, unsigned* tseg2,
                                    unsigned* sjw, unsigned* samples, unsigned* syncmode) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    if (frequency) *frequency = handle.bitrate;
    if (tseg1) *tseg1 = handle.tseg1;
    if (tseg2) *tseg2 = handle.tseg2;
    if (sjw) *sjw = handle.sjw;
    if (samples) *samples = handle.samples;
    if (syncmode) *syncmode = 0;
    return kOk;
  });
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

STAND_IN_EXPORT int canSetBusParamsTq(int number, BusParamsTq timing) {
  STAND_IN_CALL(int);
  return with(number, [&](Handle& handle) {
    const long bitrate = rate_of(timing);
    if (bitrate == 0) return kParam;
    set_rate(handle,
             {0, bitrate, static_cast<unsigned>(timing.prop + timing.phase1),
              static_cast<unsigned>(timing.phase2), static_cast<unsigned>(timing.sjw)},
             1);
    return kOk;
  });
}

STAND_IN_EXPORT int canSetBusParamsFdTq(int number, BusParamsTq nominal, BusParamsTq data) {
  STAND_IN_CALL(int);
  const int status = canSetBusParamsTq(number, nominal);
  if (status != kOk) return status;
  return with(number, [&](Handle& handle) { return set_data_rate(handle, rate_of(data)); });
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
