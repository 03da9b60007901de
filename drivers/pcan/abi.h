// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/support/vendor_call.h"

/// What this project uses of the binary interface of PEAK's PCAN-Basic. It is the same on all
/// systems.
///
/// Source: PCANBasic.h 4.10; names as there, without prefixes.
namespace can::pcan {

using Handle = std::uint16_t;  ///< of a channel: a constant
using Status = std::uint32_t;  ///< bits; 0: no error

// Bits of a status; several may be set.
constexpr Status kOk = 0, kTxFull = 0x1, kOverrun = 0x2, kBusLight = 0x4, kBusHeavy = 0x8,
                 kBusOff = 0x10, kRxEmpty = 0x20, kRxQueueOverrun = 0x40, kTxQueueFull = 0x80,
                 kIllegalHardware = 0x1400, kIllegalData = 0x20000, kBusPassive = 0x40000,
                 kAnyBusState = kBusLight | kBusHeavy | kBusOff | kBusPassive;

// Bits of the type of a message.
constexpr std::uint8_t kRtr = 0x01, kExtended = 0x02, kFd = 0x04, kBrs = 0x08, kEsi = 0x10,
                       kEcho = 0x20, kErrorFrame = 0x40, kStatus = 0x80;

struct Msg {
  std::uint32_t id;
  std::uint8_t type;
  std::uint8_t length;  // bytes
  std::uint8_t data[8];
};
static_assert(sizeof(Msg) == 16 && offsetof(Msg, type) == 4 && offsetof(Msg, length) == 5 &&
              offsetof(Msg, data) == 6);

struct Timestamp {
  std::uint32_t milliseconds;
  std::uint16_t overflows;  // of milliseconds
  std::uint16_t microseconds;
};
static_assert(sizeof(Timestamp) == 8 && offsetof(Timestamp, overflows) == 4 &&
              offsetof(Timestamp, microseconds) == 6);

struct MsgFd {
  std::uint32_t id;
  std::uint8_t type;
  std::uint8_t dlc;  // the code, not bytes
  std::uint8_t data[64];
};
static_assert(sizeof(MsgFd) == 72 && offsetof(MsgFd, type) == 4 && offsetof(MsgFd, dlc) == 5 &&
              offsetof(MsgFd, data) == 6);

struct ChannelInformation {
  Handle handle;
  std::uint8_t device_type;
  std::uint8_t controller;
  std::uint32_t features;
  char name[33];
  std::uint32_t device_id;
  std::uint32_t condition;
};
static_assert(sizeof(ChannelInformation) == 52 && offsetof(ChannelInformation, features) == 4 &&
              offsetof(ChannelInformation, name) == 8 &&
              offsetof(ChannelInformation, device_id) == 44 &&
              offsetof(ChannelInformation, condition) == 48);

/// Parameters of CAN_GetValue() and CAN_SetValue(); u32 if nothing else is said.
namespace parameter {
constexpr std::uint8_t kDeviceId = 0x01, kAutoReset = 0x07, kListenOnly = 0x08, kIdentifying = 0x15,
                       kAllowStatusFrames = 0x1E, kAllowErrorFrames = 0x20, kAttachedCount = 0x2A,
                       kAllowEchoFrames = 0x2C;
constexpr std::uint8_t kApiVersion = 0x05, kHardwareName = 0x0E;  // text
constexpr std::uint8_t kReceiveEvent = 0x03;                      // Linux: a descriptor, int
// u64: code << 32 | mask, whose set bits don't count
constexpr std::uint8_t kFilterStandard = 0x22, kFilterExtended = 0x23;
constexpr std::uint8_t kAttached = 0x2B;  // ChannelInformation[]
}  // namespace parameter

constexpr std::uint32_t kAvailable = 1, kOccupied = 2;  // ChannelInformation::condition

/// The functions; a null pointer: the library is too old for it.
struct Functions {
  Status(CANSUITE_CALL* initialize)(Handle, std::uint16_t btr0btr1, std::uint8_t type,
                                    std::uint32_t port, std::uint16_t irq);
  Status(CANSUITE_CALL* initialize_fd)(Handle, char* bit_rates);
  Status(CANSUITE_CALL* uninitialize)(Handle);
  Status(CANSUITE_CALL* get_status)(Handle);
  Status(CANSUITE_CALL* read)(Handle, Msg*, Timestamp*);
  Status(CANSUITE_CALL* read_fd)(Handle, MsgFd*, std::uint64_t* microseconds);
  Status(CANSUITE_CALL* write)(Handle, Msg*);
  Status(CANSUITE_CALL* write_fd)(Handle, MsgFd*);
  Status(CANSUITE_CALL* get_value)(Handle, std::uint8_t parameter, void* out, std::uint32_t size);
  Status(CANSUITE_CALL* set_value)(Handle, std::uint8_t parameter, void* value, std::uint32_t size);
};

}  // namespace can::pcan
