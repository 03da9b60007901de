// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace can::blf {

// Bits in the fields of objects that hold frames; decode.cpp has the offsets of the fields.

// Flags of CAN_MESSAGE, CAN_MESSAGE2 and CAN_FD_MESSAGE.
constexpr std::uint8_t kTransmitted = 0x01, kDirection = 0x0F, kRemote = 0x80;
// FD flags of CAN_FD_MESSAGE.
constexpr std::uint8_t kFd = 1, kBrs = 2, kEsi = 4;

}  // namespace can::blf
