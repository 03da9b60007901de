// SPDX-License-Identifier: MIT
// The ABI of NI-CAN's Frame API on Windows. Source: nican.h.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(_WIN32)
#define NICAN_CALL __stdcall
#else
#define NICAN_CALL
#endif

namespace can::stand_in::nican {

using Handle = std::uint32_t;
using Status = std::int32_t;

constexpr Status error(std::uint32_t code) { return static_cast<Status>(0xBFF62000u | code); }
constexpr Status warning(std::uint32_t code) { return static_cast<Status>(0x3FF62000u | code); }

constexpr Status kOk = 0, kTimeout = error(0x001), kBadName = error(0x003),
                 kBadParam = error(0x004), kBadAttribute = error(0x005),
                 kAlreadyOpen = error(0x006), kWriteOverflow = error(0x008),
                 kCommunication = error(0x00B), kBadInterface = error(0x023),
                 kBadHandle = error(0x024), kReadOverflow = error(0x068),
                 kListenOnlyWrite = error(0x122), kBadBaudRate = error(0x124);
static_assert(kTimeout == -1074388991);

constexpr std::uint32_t kExtendedId = 0x20000000, kNoId = 0xCFFFFFFF;
constexpr std::uint32_t kStart = 0x80000001, kStop = 0x80000002, kReset = 0x80000003;
constexpr std::uint32_t kReadAvailable = 1, kWriteSuccess = 2, kStopped = 4, kReadMultiple = 8,
                        kErrorState = 0x10, kWarningState = 0x20;
constexpr std::uint32_t kMostFrames = 512;  // of ncWriteMult

enum FrameType : std::uint8_t { kData = 0, kRemote = 1, kCommError = 2, kBusError = 6 };

enum Attribute : std::uint32_t {
  kStartOnOpen = 0x80000006,
  kBaudRate = 0x80000007,
  kAbsoluteTime = 0x80000008,
  kState = 0x80000009,
  kStatus = 0x8000000A,
  kReadPending = 0x80000011,
  kWritePending = 0x80000012,
  kReadQueueLength = 0x80000013,
  kWriteQueueLength = 0x80000014,
  kStandardComparator = 0x80010001,
  kStandardMask = 0x80010002,
  kExtendedComparator = 0x80010003,
  kExtendedMask = 0x80010004,
  kLogCommErrors = 0x8001000A,
  kListenOnly = 0x80010010,
  kRxErrorCounter = 0x80010011,
  kTxErrorCounter = 0x80010012,
  kSelfReception = 0x80010016,
  kSingleShot = 0x80010017,
  kCardCount = 0x80020002,
  kSerialNumber = 0x80020003,
  kTimestampFormat = 0x80020032,
  kLogBusErrors = 0x80020037,
};

#pragma pack(push, 2)
struct WriteFrame {
  std::uint32_t id;
  std::uint8_t is_remote, length, data[8];
};
struct ReadFrame {
  std::uint64_t time;  // 100 ns since 1601
  std::uint32_t id;
  std::uint8_t type, length, data[8];
};
#pragma pack(pop)
static_assert(sizeof(WriteFrame) == 14 && offsetof(WriteFrame, is_remote) == 4);
static_assert(offsetof(WriteFrame, length) == 5 && offsetof(WriteFrame, data) == 6);
static_assert(sizeof(ReadFrame) == 22 && offsetof(ReadFrame, id) == 8);
static_assert(offsetof(ReadFrame, type) == 12 && offsetof(ReadFrame, length) == 13);
static_assert(offsetof(ReadFrame, data) == 14);

}  // namespace can::stand_in::nican
