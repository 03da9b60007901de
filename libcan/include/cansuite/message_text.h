// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "cansuite/message.h"

namespace can {

/// A message as python-can prints it, without a newline; the line of the log format "printer":
/// "Timestamp:        0.000000        ID: 0064    000    DLC: 0".
std::string to_string(const Message& message);
/// Writes to_string().
std::ostream& operator<<(std::ostream& out, const Message& message);

/// Reads a frame in candump's notation into `out`. Timestamp, channel and direction stay.
///
/// @verbatim
///   123#DEADBEEF     standard id, classic
///   00000123#R4      extended id (8 digits), remote, 4 bytes requested
///   123#00..77_C     8 bytes, raw DLC 12          (dots between bytes are allowed)
///   123##1AABB       CAN FD; one digit of flags: 1 BRS, 2 ESI, 4 FDF
///   20000004#00..    error frame (bit 29 of the id)
/// @endverbatim
///
/// CAN FD data of a length that no frame has is padded with zeros, as by cansend. Source: the
/// comment on parse_canframe() in can-utils lib.h. Stricter than it: a standard id is at most 7FF,
/// and nothing may follow the frame. Throws Errc::invalid "expected ... at column N of '...'".
void parse_frame(std::string_view text, Message& out);
/// The same as a new message.
Message parse_frame(std::string_view text);

/// Appends a frame to `out`. parse_frame() reads it back.
void format_frame(const Message& message, std::string& out);
/// The same as a new string.
std::string format_frame(const Message& message);

}  // namespace can
