// SPDX-License-Identifier: MIT
// The ABI of Ixxat's VCI, classic API, on Windows. Source: vcinpl.h, vcitype.h, cantype.h of VCI 3.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(_WIN32)
#define VCI_CALL __stdcall
#else
#define VCI_CALL
#endif

namespace can::stand_in::ixxat {

using Handle = void*;
using Bool = std::int32_t;
using Result = std::int32_t;

/// An error: severity, customer, facility 1.
constexpr Result error(std::uint32_t code) { return static_cast<Result>(0xE0010000u | code); }

constexpr Result kOk = 0;
constexpr Result kInvalidArg = error(0x4), kInvHandle = error(0x7), kFail = error(0x9),
                 kAccessDenied = error(0xA), kTimeout = error(0xB), kNoMoreItems = error(0xF),
                 kNotInitialized = error(0x10), kRxQueueEmpty = error(0x12),
                 kTxQueueFull = error(0x13), kBufferOverflow = error(0x14),
                 kInvalidState = error(0x15), kInvalidIndex = error(0x17),
                 kDisconnected = error(0x19);

// Operating modes.
constexpr std::uint8_t kStandard = 1, kExtended = 2, kErrFrame = 4, kListenOnly = 8;

// Line status.
constexpr std::uint32_t kTxPending = 1, kOverrun = 2, kErrorLimit = 4, kBusOff = 8, kInInit = 0x10;

enum Type : std::uint8_t { kData, kInfo, kError, kStatus, kWakeUp, kTimeOverrun };
enum Info : std::uint8_t { kStarted = 1, kStopped = 2, kReset = 3 };

// Bits of Message::info above the type.
constexpr std::uint32_t kDlcShift = 16, kInfoOverrun = 1u << 20, kSelfReception = 1u << 21,
                        kRtr = 1u << 22, kInfoExtended = 1u << 23;

#pragma pack(push, 1)
struct Message {
  std::uint32_t time, id, info;
  std::uint8_t data[8];
};
struct LineStatus {
  std::uint8_t mode, btr0, btr1, load;
  std::uint32_t status;
};
struct ChannelStatus {
  LineStatus line;
  std::uint32_t activated, overrun;
  std::uint8_t rx_load, tx_load;
};
struct Capabilities {
  std::uint16_t controller, coupling;
  std::uint32_t features, clock_hz, stamp_divisor, cyclic_divisor, cyclic_most_ticks;
  std::uint32_t delayed_divisor, delayed_most_ticks;
};
struct CyclicMessage {
  std::uint16_t cycle_ticks;
  std::uint8_t increment_mode, byte_index;
  std::uint32_t id, info;
  std::uint8_t data[8];
};
#pragma pack(pop)

static_assert(sizeof(Message) == 20 && offsetof(Message, id) == 4 && offsetof(Message, info) == 8);
static_assert(offsetof(Message, data) == 12);
static_assert(sizeof(LineStatus) == 8 && offsetof(LineStatus, status) == 4);
static_assert(sizeof(ChannelStatus) == 18 && offsetof(ChannelStatus, activated) == 8);
static_assert(offsetof(ChannelStatus, overrun) == 12 && offsetof(ChannelStatus, rx_load) == 16);
static_assert(sizeof(Capabilities) == 32 && offsetof(Capabilities, features) == 4);
static_assert(offsetof(Capabilities, clock_hz) == 8 && offsetof(Capabilities, stamp_divisor) == 12);
static_assert(sizeof(CyclicMessage) == 20 && offsetof(CyclicMessage, id) == 4);
static_assert(offsetof(CyclicMessage, info) == 8 && offsetof(CyclicMessage, data) == 12);

using DeviceId = std::int64_t;  // VCIID

#pragma pack(push, 4)
struct DeviceInfo {
  DeviceId id;
  std::uint8_t device_class[16];
  std::uint8_t driver_major, driver_minor;
  std::uint16_t driver_build;
  std::uint8_t hardware_branch, hardware_major, hardware_minor, hardware_build;
  char hardware_id[16];
  char description[128], manufacturer[126];
  std::uint16_t driver_release;
};
#pragma pack(pop)
static_assert(sizeof(DeviceInfo) == 304 && offsetof(DeviceInfo, device_class) == 8);
static_assert(offsetof(DeviceInfo, driver_major) == 24 && offsetof(DeviceInfo, driver_build) == 26);
static_assert(offsetof(DeviceInfo, hardware_branch) == 28);
static_assert(offsetof(DeviceInfo, hardware_id) == 32 && offsetof(DeviceInfo, description) == 48);
static_assert(offsetof(DeviceInfo, manufacturer) == 176);
static_assert(offsetof(DeviceInfo, driver_release) == 302);

}  // namespace can::stand_in::ixxat
