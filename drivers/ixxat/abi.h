// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/support/vendor_call.h"

/// What this project uses of the binary interface of HMS' Ixxat VCI, which is for Windows only.
///
/// Source: vcinpl.h, vcitype.h and cantype.h of VCI 3; names as there, without prefixes.
namespace can::ixxat {

using Result = std::int32_t;  ///< an HRESULT: 0, or an error
using Handle = void*;
using Bool = std::int32_t;

struct Guid {
  std::uint32_t data1;
  std::uint16_t data2, data3;
  std::uint8_t data4[8];
};
static_assert(sizeof(Guid) == 16);

#pragma pack(push, 4)
struct DeviceInfo {
  std::int64_t id;
  Guid device_class;
  std::uint8_t driver_major, driver_minor;
  std::uint16_t driver_build;
  std::uint8_t hardware[4];
  char unique_hardware_id[16];  // text, or a Guid
  char description[128];
  char manufacturer[126];
  std::uint16_t driver_release;
};
#pragma pack(pop)
static_assert(sizeof(DeviceInfo) == 304 && offsetof(DeviceInfo, device_class) == 8 &&
              offsetof(DeviceInfo, driver_major) == 24 && offsetof(DeviceInfo, hardware) == 28 &&
              offsetof(DeviceInfo, unique_hardware_id) == 32 &&
              offsetof(DeviceInfo, description) == 48 &&
              offsetof(DeviceInfo, manufacturer) == 176 &&
              offsetof(DeviceInfo, driver_release) == 302);

#pragma pack(push, 1)
struct Capabilities {
  std::uint16_t controller_type, bus_coupling;
  std::uint32_t features;
  std::uint32_t clock;              // Hz
  std::uint32_t timestamp_divisor;  // clock / it: ticks of timestamps a second
  std::uint32_t scheduler_divisor, scheduler_max_ticks;
  std::uint32_t delay_divisor, delay_max_ticks;
};
static_assert(sizeof(Capabilities) == 32 && offsetof(Capabilities, clock) == 8 &&
              offsetof(Capabilities, timestamp_divisor) == 12);

struct LineStatus {
  std::uint8_t mode, btr0, btr1, bus_load;
  std::uint32_t status;
};
static_assert(sizeof(LineStatus) == 8);

struct ChannelStatus {
  LineStatus line;
  std::uint32_t activated, overrun;
  std::uint8_t rx_load, tx_load;
};
static_assert(sizeof(ChannelStatus) == 18 && offsetof(ChannelStatus, overrun) == 12 &&
              offsetof(ChannelStatus, tx_load) == 17);

struct Msg {
  std::uint32_t time;
  std::uint32_t id;
  std::uint32_t info;
  std::uint8_t data[8];
};
static_assert(sizeof(Msg) == 20 && offsetof(Msg, id) == 4 && offsetof(Msg, info) == 8 &&
              offsetof(Msg, data) == 12);
#pragma pack(pop)

// Fields of Msg::info.
constexpr std::uint32_t kTypeMask = 0xFF, kOverrun = 1u << 20, kSelfReception = 1u << 21,
                        kRemote = 1u << 22, kExtended = 1u << 23;
constexpr int kDlcShift = 16;

// Types of messages.
constexpr std::uint32_t kData = 0, kInfo = 1, kError = 2, kStatus = 3, kTimeOverrun = 5;

// data[0] of an error.
constexpr std::uint8_t kErrorStuff = 1, kErrorForm = 2, kErrorAck = 3, kErrorBit = 4, kErrorCrc = 6;

// Modes of a controller.
constexpr std::uint8_t kStandardIds = 1, kExtendedIds = 2, kErrorFrames = 4, kListenOnly = 8;

// Bits of a status.
constexpr std::uint32_t kPending = 1, kLost = 2, kErrorLimit = 4, kBusOff = 8, kInInit = 0x10,
                        kCouplingError = 0x20;

// Bits of Capabilities::features.
constexpr std::uint32_t kBothKindsOfIds = 2;

// Filters: bit 0 is that of remote frames, the id is above it.
constexpr std::uint32_t kAcceptAll = 0, kAcceptNoneCode = 0x80000000, kAcceptNoneMask = 0xFFFFFFFF;

// Errors.
constexpr std::uint32_t kErrors = 0xE0010000, kErrorTimeout = kErrors | 0xB,
                        kErrorNoData = kErrors | 0xE, kErrorNoMoreItems = kErrors | 0xF,
                        kErrorRxEmpty = kErrors | 0x12, kErrorTxFull = kErrors | 0x13;

/// The functions.
struct Functions {
  Result(CANSUITE_CALL* initialize)();
  Result(CANSUITE_CALL* enumerate_open)(Handle*);
  Result(CANSUITE_CALL* enumerate_next)(Handle, DeviceInfo*);
  Result(CANSUITE_CALL* enumerate_close)(Handle);
  Result(CANSUITE_CALL* device_open)(const std::int64_t* id, Handle*);
  Result(CANSUITE_CALL* device_close)(Handle);
  Result(CANSUITE_CALL* control_open)(Handle device, std::uint32_t number, Handle*);
  Result(CANSUITE_CALL* control_close)(Handle);
  Result(CANSUITE_CALL* control_capabilities)(Handle, Capabilities*);
  Result(CANSUITE_CALL* control_status)(Handle, LineStatus*);
  Result(CANSUITE_CALL* control_initialize)(Handle, std::uint8_t mode, std::uint8_t btr0,
                                            std::uint8_t btr1);
  Result(CANSUITE_CALL* control_reset)(Handle);
  Result(CANSUITE_CALL* control_start)(Handle, Bool start);
  Result(CANSUITE_CALL* set_filter)(Handle, Bool extended, std::uint32_t code, std::uint32_t mask);
  Result(CANSUITE_CALL* add_filter)(Handle, Bool extended, std::uint32_t code, std::uint32_t mask);
  Result(CANSUITE_CALL* channel_open)(Handle device, std::uint32_t number, Bool exclusive, Handle*);
  Result(CANSUITE_CALL* channel_initialize)(Handle, std::uint16_t rx_size,
                                            std::uint16_t rx_threshold, std::uint16_t tx_size,
                                            std::uint16_t tx_threshold);
  Result(CANSUITE_CALL* channel_activate)(Handle, Bool on);
  Result(CANSUITE_CALL* channel_close)(Handle);
  Result(CANSUITE_CALL* channel_status)(Handle, ChannelStatus*);
  Result(CANSUITE_CALL* peek_message)(Handle, Msg*);
  Result(CANSUITE_CALL* wait_for_message)(Handle, std::uint32_t milliseconds);
  Result(CANSUITE_CALL* post_message)(Handle, Msg*);
};

}  // namespace can::ixxat
