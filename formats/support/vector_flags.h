// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// Flags of a frame in Vector's logs: the flags column of a CANFD line in ASC, and the flags of
/// CAN_FD_MESSAGE_64 in BLF. Source: can-utils asc2log.c; vector_blf.
namespace can::vector_flags {

constexpr std::uint32_t kRemote = 0x10, kFd = 0x1000, kBrs = 0x2000, kEsi = 0x4000;

}  // namespace can::vector_flags
