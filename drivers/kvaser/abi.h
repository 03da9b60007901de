// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/support/vendor_call.h"

/// What this project uses of the binary interface of Kvaser's CANLIB. A long of it has 64 bits on
/// Linux and 32 on Windows.
///
/// Source: canlib.h and canstat.h of Kvaser's linuxcan 5.49; names as there, without prefixes.
namespace can::kvaser {

using Handle = int;  ///< negative: an error code
using Status = int;  ///< 0, or a negative error code

// Errors.
constexpr Status kOk = 0, kNoMessage = -2, kNotFound = -3, kTimeout = -7, kTxBufferOverflow = -13,
                 kNotSupported = -19, kNotImplemented = -32;

// Flags of opening a channel.
constexpr int kExclusive = 0x8, kAcceptVirtual = 0x20, kOverrideExclusive = 0x40,
              kNoInitAccess = 0x100, kCanFd = 0x400, kCanFdNonIso = 0x800;

// Flags of a message.
constexpr unsigned kRtr = 0x1, kStd = 0x2, kExt = 0x4, kErrorFrame = 0x20, kTxAck = 0x40,
                   kTxRequest = 0x80, kHwOverrun = 0x200, kSwOverrun = 0x400, kStuff = 0x800,
                   kForm = 0x1000, kCrc = 0x2000, kBit0 = 0x4000, kBit1 = 0x8000, kFdf = 0x10000,
                   kBrs = 0x20000, kEsi = 0x40000, kLocalTxAck = 0x10000000;

// Drivers of the bus.
constexpr unsigned kDriverSilent = 1, kDriverNormal = 4;

// Functions of canIoCtl(), with the size of their argument.
constexpr unsigned kSetTimerScale = 6,  // u32: us a tick
    kSetTxAck = 7,                      // u32
    kGetTxBufferLevel = 9,              // u32
    kFlushTx = 11,                      // none
    kSetLocalTxEcho = 32,               // u8
    kSetLocalTxAck = 46;                // u32

// Items of canGetChannelData().
constexpr int kChannelCap = 1,  // u32
    kCardSerial = 7,            // u64
    kFirmware = 9,              // u64: four words, the highest is the major version
    kChannelOnCard = 6,         // u32, from 0
    kDescription = 26;          // char[80]

// Bits of canReadStatus().
constexpr unsigned long kErrorPassive = 1, kBusOff = 2, kErrorWarning = 4, kErrorActive = 8,
                        kStatusHwOverrun = 0x200, kStatusSwOverrun = 0x400;

// Actions of kvFlashLeds().
constexpr int kLedsOn = 0, kLedsOff = 1;

/// The functions; a null pointer: the library is too old for it.
struct Functions {
  void(CANSUITE_CALL* initialize)();
  Status(CANSUITE_CALL* count_channels)(int* count);
  Status(CANSUITE_CALL* channel_data)(int channel, int item, void* out, std::size_t size);
  Handle(CANSUITE_CALL* open)(int channel, int flags);
  Status(CANSUITE_CALL* close)(Handle);
  /// `frequency`: bit/s, or a negative preset; then all others are 0.
  Status(CANSUITE_CALL* set_params)(Handle, long frequency, unsigned tseg1, unsigned tseg2,
                                    unsigned sjw, unsigned samples, unsigned sync_mode);
  Status(CANSUITE_CALL* set_fd_params)(Handle, long frequency, unsigned tseg1, unsigned tseg2,
                                       unsigned sjw);
  Status(CANSUITE_CALL* set_output)(Handle, unsigned driver);
  Status(CANSUITE_CALL* bus_on)(Handle);
  Status(CANSUITE_CALL* bus_off)(Handle);
  Status(CANSUITE_CALL* set_filter)(Handle, unsigned code, unsigned mask, int extended);
  /// `length`: bytes, not a DLC.
  Status(CANSUITE_CALL* write)(Handle, long id, void* data, unsigned length, unsigned flags);
  Status(CANSUITE_CALL* wait_until_sent)(Handle, unsigned long milliseconds);
  Status(CANSUITE_CALL* read)(Handle, long* id, void* data, unsigned* length, unsigned* flags,
                              unsigned long* time);
  Status(CANSUITE_CALL* raw_handle)(Handle, void* descriptor);
  Status(CANSUITE_CALL* control)(Handle, unsigned function, void* argument, unsigned size);
  Status(CANSUITE_CALL* read_timer)(Handle, unsigned* time);
  Status(CANSUITE_CALL* read_status)(Handle, unsigned long* flags);
  Status(CANSUITE_CALL* read_error_counters)(Handle, unsigned* tx, unsigned* rx,
                                             unsigned* overruns);
  Status(CANSUITE_CALL* flash_leds)(Handle, int action, int milliseconds);
  unsigned short(CANSUITE_CALL* version)();
};

}  // namespace can::kvaser
