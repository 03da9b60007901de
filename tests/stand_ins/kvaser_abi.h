// SPDX-License-Identifier: MIT
// The Linux ABI of Kvaser's CANLIB. Source: canlib.h, canstat.h of linuxcan 5.49.
#pragma once

#include <cstdint>

namespace can::stand_in::kvaser {

enum Status : int {
  kOk = 0,
  kParam = -1,
  kNoMsg = -2,
  kNotFound = -3,
  kNoChannels = -5,
  kTimeout = -7,
  kNotInitialized = -8,
  kInvHandle = -10,
  kTxBufOfl = -13,
  kHardware = -15,
  kNotSupported = -19,
  kNotImplemented = -32,
};

// Flags of a message.
constexpr unsigned kRtr = 0x1, kStd = 0x2, kExt = 0x4, kErrorFrame = 0x20, kTxAck = 0x40;
constexpr unsigned kSwOverrun = 0x400, kStuff = 0x800, kForm = 0x1000, kCrc = 0x2000;
constexpr unsigned kBit0 = 0x4000, kBit1 = 0x8000;
constexpr unsigned kFdf = 0x10000, kBrs = 0x20000, kEsi = 0x40000;
constexpr unsigned kSingleShot = 0x1000000, kTxNack = 0x2000000, kAbl = 0x4000000;
constexpr unsigned kLocalTxAck = 0x10000000;

// Flags of canOpenChannel.
constexpr int kOpenExclusive = 0x8, kAcceptVirtual = 0x20, kOpenLargeDlc = 0x200, kOpenFd = 0x400,
              kOpenFdNonIso = 0x800;

// Bits of canReadStatus.
constexpr unsigned long kStatPassive = 1, kStatOff = 2, kStatWarning = 4, kStatActive = 8,
                        kStatTxPending = 0x10, kStatRxPending = 0x20, kStatTxErr = 0x80,
                        kStatRxErr = 0x100, kStatSwOverrun = 0x400;

struct BusParamsTq {
  int tq, phase1, phase2, sjw, prop, prescaler;
};
static_assert(sizeof(BusParamsTq) == 24);

struct BusStatistics {
  unsigned long std_data, std_remote, ext_data, ext_remote, error_frames;
  unsigned long bus_load;  // 0.01 %
  unsigned long overruns;
};
static_assert(sizeof(BusStatistics) == 7 * sizeof(long));

}  // namespace can::stand_in::kvaser
