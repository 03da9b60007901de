// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cansuite/message.h"

/// The id and the 8 data bytes of an error frame. All error frames of cansuite have this layout;
/// one without details has the id 0 and no data.
/// Source: linux/can/error.h of Linux 6.1.
namespace can::error_bits {

// Classes: bits of the id.
constexpr std::uint32_t kTxTimeout = 0x001, kLostArbitration = 0x002, kController = 0x004,
                        kProtocol = 0x008, kTransceiver = 0x010, kNoAck = 0x020, kBusOff = 0x040,
                        kBusError = 0x080, kRestarted = 0x100, kCounters = 0x200;

// Offsets in the data.
constexpr std::size_t kLostBit = 0;                  // arbitration was lost in this bit; 0 unknown
constexpr std::size_t kControllerBits = 1;           // states of the controller
constexpr std::size_t kProtocolKind = 2;             // bits below; 0 unknown
constexpr std::size_t kProtocolPlace = 3;            // values below; 0 unknown
constexpr std::size_t kWires = 4;                    // states of CAN-H and CAN-L
constexpr std::size_t kTxErrors = 6, kRxErrors = 7;  // error counters, 0-255

// States of the controller: bits.
constexpr std::uint8_t kRxOverflow = 0x01, kTxOverflow = 0x02, kRxWarning = 0x04, kTxWarning = 0x08,
                       kRxPassive = 0x10, kTxPassive = 0x20, kActive = 0x40;

// Kinds of a protocol violation: bits.
constexpr std::uint8_t kBit = 0x01, kForm = 0x02, kStuff = 0x04, kDominant = 0x08,
                       kRecessive = 0x10, kOverload = 0x20, kAnnouncement = 0x40,
                       kTransmitting = 0x80;

// Places of a protocol violation, as the SJA1000's error code capture numbers them.
constexpr std::uint8_t kCrcSequence = 0x08, kAckSlot = 0x19, kAckDelimiter = 0x1B;

}  // namespace can::error_bits

namespace can {

/// An error frame in words, one line a class: "protocol violation: bit stuffing error, while
/// sending, at the ACK slot". Empty for other frames.
std::vector<std::string> error_words(const Message& message);

}  // namespace can
