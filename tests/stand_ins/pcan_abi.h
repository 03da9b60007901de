// SPDX-License-Identifier: MIT
// The ABI of PCAN-Basic on Linux. Source: PCANBasic.h 4.10.
#pragma once

#include <cstddef>
#include <cstdint>

namespace can::stand_in::pcan {

using Handle = std::uint16_t;
using Status = std::uint32_t;

constexpr Status kOk = 0, kBusOff = 0x10, kBusWarning = 0x8, kQRcvEmpty = 0x20, kQOverrun = 0x40,
                 kQXmtFull = 0x80, kIllHw = 0x1400, kIllParamType = 0x4000, kIllParamVal = 0x8000,
                 kBusPassive = 0x40000, kInitialize = 0x4000000, kIllOperation = 0x8000000;

// Bits of a message's type.
constexpr std::uint8_t kRtr = 1, kExtended = 2, kFd = 4, kBrs = 8, kEsi = 0x10, kEcho = 0x20,
                       kErrFrame = 0x40, kStatusFrame = 0x80;

enum Parameter : std::uint8_t {
  kDeviceId = 1,
  kReceiveEvent = 3,
  kMessageFilter = 4,
  kApiVersion = 5,
  kChannelVersion = 6,
  kBusOffAutoReset = 7,
  kListenOnly = 8,
  kChannelCondition = 0xD,
  kHardwareName = 0xE,
  kReceiveStatus = 0xF,
  kControllerNumber = 0x10,
  kChannelIdentifying = 0x15,
  kChannelFeatures = 0x16,
  kBitrateAdapting = 0x17,
  kBitrateInfo = 0x18,
  kBitrateInfoFd = 0x19,
  kBusSpeedNominal = 0x1A,
  kBusSpeedData = 0x1B,
  kAllowStatusFrames = 0x1E,
  kAllowRtrFrames = 0x1F,
  kAllowErrorFrames = 0x20,
  kInterframeDelay = 0x21,
  kFilter11Bit = 0x22,
  kFilter29Bit = 0x23,
  kFirmwareVersion = 0x29,
  kAttachedCount = 0x2A,
  kAttachedChannels = 0x2B,
  kAllowEchoFrames = 0x2C,
};

struct Msg {
  std::uint32_t id;
  std::uint8_t type, length, data[8];
};
static_assert(sizeof(Msg) == 16 && offsetof(Msg, type) == 4);
static_assert(offsetof(Msg, length) == 5 && offsetof(Msg, data) == 6);

struct MsgFd {
  std::uint32_t id;
  std::uint8_t type;
  std::uint8_t dlc;  // the code, 0 to 15
  std::uint8_t data[64];
};
static_assert(sizeof(MsgFd) == 72 && offsetof(MsgFd, type) == 4);
static_assert(offsetof(MsgFd, dlc) == 5 && offsetof(MsgFd, data) == 6);

struct Timestamp {
  std::uint32_t millis;
  std::uint16_t millis_overflow, micros;
};
static_assert(sizeof(Timestamp) == 8);
static_assert(offsetof(Timestamp, millis_overflow) == 4 && offsetof(Timestamp, micros) == 6);

struct ChannelInformation {
  Handle handle;
  std::uint8_t device_type, controller;
  std::uint32_t features;
  char name[33];
  std::uint32_t device_id, condition;
};
static_assert(sizeof(ChannelInformation) == 52 && offsetof(ChannelInformation, device_type) == 2);
static_assert(offsetof(ChannelInformation, controller) == 3);
static_assert(offsetof(ChannelInformation, features) == 4);
static_assert(offsetof(ChannelInformation, name) == 8);
static_assert(offsetof(ChannelInformation, device_id) == 44);
static_assert(offsetof(ChannelInformation, condition) == 48);

}  // namespace can::stand_in::pcan
