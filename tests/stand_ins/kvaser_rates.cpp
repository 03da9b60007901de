// SPDX-License-Identifier: MIT
// Bit rates of the stand-in for CANLIB. Source: canlib.h of linuxcan 5.49.
#include <algorithm>

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

#ifndef STAND_IN_OLD
/// Bit/s at a clock of 80 MHz; 0 where the parts don't add up.
long rate_of(const BusParamsTq& timing) {
  const bool adds_up = timing.tq == 1 + timing.prop + timing.phase1 + timing.phase2;
  if (!adds_up || timing.tq <= 1 || timing.prescaler < 1) return 0;
  return 80'000'000 / (timing.tq * timing.prescaler);
}
#endif

}  // namespace

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

#ifndef STAND_IN_OLD
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
#endif
