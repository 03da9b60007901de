// SPDX-License-Identifier: MIT
// The CANAL ABI, whose `long` is of the platform. Source: canal.h 1.1.0.
#pragma once

#include <cstddef>

namespace can::stand_in::canal {

enum Code : int {
  kSuccess = 0,
  kBaudrate = 1,
  kBusOff = 2,
  kCanId = 5,
  kCanMessage = 6,
  kTransmitFull = 21,
  kReceiveEmpty = 19,
  kNotSupported = 17,
  kTimeout = 32,
  kParameter = 34,
  kCommunication = 37,
  kFdSupport = 40,
};

// Flags of a message; with kStatus its id is a status code.
constexpr unsigned long kExtended = 1, kRtr = 2, kStatus = 4, kFd = 8;

// Bits of Status::channel_status.
constexpr unsigned long kActive = 0x10000000, kWarning = 0x20000000, kPassive = 0x40000000,
                        kOff = 0x80000000, kRxFull = 0x00400000, kTxFull = 0x00200000;

struct Message {
  unsigned long flags, obid, id;
  unsigned char size, data[8];
  unsigned long timestamp;  // us
};

struct Status {
  unsigned long channel_status, last_error, last_sub_error;
  char text[80];
};

struct Statistics {
  unsigned long rx_frames, tx_frames, rx_data, tx_data, overruns, warnings, bus_offs;
};

static_assert(sizeof(long) == 8, "the stand-in is made for Linux alone");
static_assert(sizeof(Message) == 48 && offsetof(Message, obid) == 8 && offsetof(Message, id) == 16);
static_assert(offsetof(Message, size) == 24 && offsetof(Message, data) == 25);
static_assert(offsetof(Message, timestamp) == 40);
static_assert(sizeof(Status) == 104 && sizeof(Statistics) == 56);

}  // namespace can::stand_in::canal
