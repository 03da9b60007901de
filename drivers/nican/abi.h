// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/support/vendor_call.h"

/// What this project uses of the binary interface of National Instruments' NI-CAN (Frame API),
/// which is for Windows only.
///
/// Source: nican.h of NI-CAN 2.7; names as there, without prefixes.
namespace can::nican {

using Status = std::int32_t;  ///< 0; below: an error, above: a warning
using Handle = std::uint32_t;

#pragma pack(push, 2)
struct Frame {  // that is sent
  std::uint32_t id;
  std::uint8_t remote;
  std::uint8_t length;
  std::uint8_t data[8];
};
static_assert(sizeof(Frame) == 14 && offsetof(Frame, remote) == 4 && offsetof(Frame, length) == 5 &&
              offsetof(Frame, data) == 6);

struct Received {
  std::uint64_t time;  // 100 ns since 1601-01-01 UTC
  std::uint32_t id;
  std::uint8_t type;
  std::uint8_t length;
  std::uint8_t data[8];
};
static_assert(sizeof(Received) == 22 && offsetof(Received, id) == 8 &&
              offsetof(Received, type) == 12 && offsetof(Received, length) == 13 &&
              offsetof(Received, data) == 14);
#pragma pack(pop)

constexpr std::uint32_t kExtendedId = 0x20000000;  // in an id, also of a comparator

// Kinds of frames that are received.
constexpr std::uint8_t kData = 0, kRemote = 1, kCommunicationError = 2, kBusError = 6,
                       kTransceiverError = 7;

// Actions and states of an object.
constexpr std::uint32_t kReset = 0x80000003;
constexpr std::uint32_t kReadAvailable = 0x1;

// Attributes.
constexpr std::uint32_t kStartOnOpen = 0x80000006, kBaudRate = 0x80000007, kPending = 0x80000012,
                        kComparatorStandard = 0x80010001, kMaskStandard = 0x80010002,
                        kComparatorExtended = 0x80010003, kMaskExtended = 0x80010004,
                        kLogErrors = 0x8001000A, kListenOnly = 0x80010010, kRxErrors = 0x80010011,
                        kTxErrors = 0x80010012, kReadQueueLength = 0x80000013;
constexpr std::uint32_t kBtrFollows = 0x80000000;  // in kBaudRate: BTR0 and BTR1 below

// Errors: this base and a number.
constexpr std::uint32_t kErrorBase = 0xBFF62000, kWarningBase = 0x3FF62000;
constexpr Status kTimeout = static_cast<Status>(kErrorBase | 0x001);
constexpr Status kWriteOverflow = static_cast<Status>(kErrorBase | 0x008);

/// The functions; a null pointer: the library lacks it.
struct Functions {
  Status(CANSUITE_CALL* configure)(char* name, std::uint32_t count, std::uint32_t* attributes,
                                   std::uint32_t* values);
  Status(CANSUITE_CALL* open)(char* name, Handle*);
  Status(CANSUITE_CALL* close)(Handle);
  Status(CANSUITE_CALL* act)(Handle, std::uint32_t action, std::uint32_t parameter);
  Status(CANSUITE_CALL* read)(Handle, std::uint32_t size, void* out);
  Status(CANSUITE_CALL* write)(Handle, std::uint32_t size, void* data);
  Status(CANSUITE_CALL* wait)(Handle, std::uint32_t states, std::uint32_t milliseconds,
                              std::uint32_t* state);
  Status(CANSUITE_CALL* get_attribute)(Handle, std::uint32_t attribute, std::uint32_t size,
                                       void* out);
  void(CANSUITE_CALL* status_text)(Status, std::uint32_t size, char* out);
};

}  // namespace can::nican
