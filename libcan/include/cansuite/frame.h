// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "cansuite/message.h"

/// Frames made in one call, with their length set. All throw Errc::invalid for a frame that can't
/// be on a bus: an id of too many bits, too much data.
namespace can {

/// A classic frame with a standard id, at most 7FF, and up to 8 bytes: frame(0x123, {1, 2, 3}).
Message frame(std::uint32_t id, std::span<const std::uint8_t> data = {});
/// The same with a list of bytes.
Message frame(std::uint32_t id, std::initializer_list<std::uint8_t> data);

/// A classic frame with an extended id, at most 1FFFFFFF.
Message extended_frame(std::uint32_t id, std::span<const std::uint8_t> data = {});
/// The same with a list of bytes.
Message extended_frame(std::uint32_t id, std::initializer_list<std::uint8_t> data);

/// What fd_frame() makes.
struct FdKind {
  bool extended = false;  ///< 29-bit id
  bool brs = false;       ///< the data phase at the higher bit rate
};
/// A CAN FD frame of up to 64 bytes. The data of a length that no frame has are padded with zeros.
Message fd_frame(std::uint32_t id, std::span<const std::uint8_t> data, FdKind kind = {});
/// The same with a list of bytes.
Message fd_frame(std::uint32_t id, std::initializer_list<std::uint8_t> data, FdKind kind = {});

/// A remote frame that asks for `length` bytes, 0-8.
Message remote_frame(std::uint32_t id, std::uint8_t length, bool extended = false);

/// Replaces the data and the length. Throws Errc::invalid for more data than the frame takes.
void set_data(Message& message, std::span<const std::uint8_t> data);
/// The same with a list of bytes.
void set_data(Message& message, std::initializer_list<std::uint8_t> data);

/// Whether two messages are the same frame, whatever their time, channel and direction.
bool same_frame(const Message& a, const Message& b);

}  // namespace can
