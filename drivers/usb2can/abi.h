// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/support/vendor_call.h"

/// What this project uses of CANAL, the binary interface of 8devices' USB2CAN and of VSCP's
/// drivers. A long of it has 64 bits on Linux and 32 on Windows.
///
/// Source: canal.h 1.1.0 of the VSCP project; names as there, without prefixes.
namespace can::usb2can {

// Flags of a message.
constexpr unsigned long kExtended = 0x1, kRemote = 0x2,
                        kStatus = 0x4;  // no frame: the id is a status code
// Python-can sets this flag of the application's own in what it sends.
constexpr unsigned long kSend = 0x80000000;

struct Msg {
  unsigned long flags;
  unsigned long object;
  unsigned long id;
  unsigned char length;  // bytes of data on the bus
  unsigned char data[8];
  unsigned long timestamp;  // us, of the device's clock; 0: none
};

struct Status {
  unsigned long channel_status;
  unsigned long last_error;
  unsigned long last_error_detail;
  char text[80];
};

struct Counts {
  unsigned long frames_received, frames_sent, bytes_received, bytes_sent, overruns, bus_warnings,
      bus_offs;
};

constexpr std::size_t kLong = sizeof(unsigned long);
static_assert(sizeof(Msg) == (kLong == 8 ? 48 : 28) && offsetof(Msg, object) == kLong &&
              offsetof(Msg, id) == 2 * kLong && offsetof(Msg, length) == 3 * kLong &&
              offsetof(Msg, data) == 3 * kLong + 1 &&
              offsetof(Msg, timestamp) == (kLong == 8 ? 40 : 24));
static_assert(offsetof(Status, text) == 3 * kLong && sizeof(Counts) == 7 * kLong);

// Bits of Status::channel_status.
constexpr unsigned long kBusWarning = 0x20000000, kPassive = 0x40000000, kBusOff = 0x80000000,
                        kActive = 0x10000000, kStopped = 0x00800000;

// Codes that functions return.
constexpr int kSuccess = 0, kFifoEmpty = 8, kFifoFull = 9, kGeneric = 12, kReceiveEmpty = 19,
              kTransmitFull = 21, kTimeout = 32;

// Codes of status messages.
constexpr unsigned long kStatusOverrun = 0x01, kStatusStuff = 0x20, kStatusForm = 0x21,
                        kStatusAck = 0x23, kStatusBit1 = 0x24, kStatusBit0 = 0x25,
                        kStatusCrc = 0x27;

/// The functions; a null pointer: the library lacks it.
struct Functions {
  /// Changes `configuration`. Above 0: a handle.
  long(CANSUITE_CALL* open)(char* configuration, unsigned long flags);
  int(CANSUITE_CALL* close)(long handle);
  int(CANSUITE_CALL* send)(long handle, Msg*);
  int(CANSUITE_CALL* receive)(long handle, Msg*);
  int(CANSUITE_CALL* blocking_receive)(long handle, Msg*, unsigned long milliseconds);
  int(CANSUITE_CALL* data_available)(long handle);
  int(CANSUITE_CALL* get_status)(long handle, Status*);
  int(CANSUITE_CALL* get_statistics)(long handle, Counts*);
  unsigned long(CANSUITE_CALL* version)();
  unsigned long(CANSUITE_CALL* library_version)();
  const char*(CANSUITE_CALL* vendor)();
};

}  // namespace can::usb2can
