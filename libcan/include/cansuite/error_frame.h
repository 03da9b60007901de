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

/// @name Classes: bits of the id
/// @{
constexpr std::uint32_t kTxTimeout = 0x001;        ///< no transmission in time
constexpr std::uint32_t kLostArbitration = 0x002;  ///< in the bit kLostBit
constexpr std::uint32_t kController = 0x004;       ///< kControllerBits has details
constexpr std::uint32_t kProtocol = 0x008;     ///< kProtocolKind and kProtocolPlace have details
constexpr std::uint32_t kTransceiver = 0x010;  ///< kWires has details
constexpr std::uint32_t kNoAck = 0x020;        ///< nobody acknowledged a frame
constexpr std::uint32_t kBusOff = 0x040;       ///< the controller went bus off
constexpr std::uint32_t kBusError = 0x080;     ///< an error on the bus
constexpr std::uint32_t kRestarted = 0x100;    ///< the controller was restarted
constexpr std::uint32_t kCounters = 0x200;     ///< kTxErrors and kRxErrors are set
/// @}

/// @name Offsets in the data
/// @{
constexpr std::size_t kLostBit = 0;         ///< arbitration was lost in this bit; 0 unknown
constexpr std::size_t kControllerBits = 1;  ///< states of the controller
constexpr std::size_t kProtocolKind = 2;    ///< bits below; 0 unknown
constexpr std::size_t kProtocolPlace = 3;   ///< values below; 0 unknown
constexpr std::size_t kWires = 4;           ///< states of CAN-H and CAN-L
constexpr std::size_t kTxErrors = 6;        ///< transmit error counter, 0-255
constexpr std::size_t kRxErrors = 7;        ///< receive error counter, 0-255
/// @}

/// @name States of the controller: bits
/// @{
constexpr std::uint8_t kRxOverflow = 0x01;  ///< received frames were lost
constexpr std::uint8_t kTxOverflow = 0x02;  ///< frames to send were lost
constexpr std::uint8_t kRxWarning = 0x04;   ///< the receive error counter has reached 96
constexpr std::uint8_t kTxWarning = 0x08;   ///< the transmit error counter has reached 96
constexpr std::uint8_t kRxPassive = 0x10;   ///< the receive error counter has reached 128
constexpr std::uint8_t kTxPassive = 0x20;   ///< the transmit error counter has reached 128
constexpr std::uint8_t kActive = 0x40;      ///< back to error-active
/// @}

/// @name Kinds of a protocol violation: bits
/// @{
constexpr std::uint8_t kBit = 0x01;           ///< one bit has the wrong value
constexpr std::uint8_t kForm = 0x02;          ///< the frame has the wrong form
constexpr std::uint8_t kStuff = 0x04;         ///< bit stuffing
constexpr std::uint8_t kDominant = 0x08;      ///< no dominant bit could be sent
constexpr std::uint8_t kRecessive = 0x10;     ///< no recessive bit could be sent
constexpr std::uint8_t kOverload = 0x20;      ///< the bus is overloaded
constexpr std::uint8_t kAnnouncement = 0x40;  ///< announcement of the error-active state
constexpr std::uint8_t kTransmitting = 0x80;  ///< while this controller was sending
/// @}

/// @name Places of a protocol violation, as the SJA1000's error code capture numbers them
/// @{
constexpr std::uint8_t kCrcSequence = 0x08;   ///< CRC sequence
constexpr std::uint8_t kAckSlot = 0x19;       ///< ACK slot
constexpr std::uint8_t kAckDelimiter = 0x1B;  ///< ACK delimiter
/// @}

}  // namespace can::error_bits

namespace can {

/// An error frame in words, one line a class: "protocol violation: bit stuffing error, while
/// sending, at the ACK slot". Empty for other frames.
std::vector<std::string> error_words(const Message& message);

}  // namespace can
