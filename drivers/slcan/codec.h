// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cansuite/filter.h"
#include "cansuite/message.h"

/// The lines of LAWICEL's ASCII protocol: "t12320102\r". Numbers are hexadecimal.
///
///   tIIILDD..  TIIIIIIIILDD..   data frame, standard and extended; L: the DLC's digit
///   rIIIL      RIIIIIIIIL       remote frame; received from some, with as many data as L says
///   d D, b B                    CAN FD without and with bit rate switch (CANable 2); L: 0 to F
///   ..TTTT                      behind a received frame after Z1: ms since a minute began
///
/// Source: the manuals of LAWICEL's CAN232 (1.3) and CANUSB (1.0); canable2-fw for CAN FD;
/// CANDapter for 'x', another 'T'; the slcan of Linux 6.1 for the lines 's' and 'e'.
namespace can::slcan {

constexpr char kEnd = '\r', kRefusal = '\a';  ///< a line ends with one of them
constexpr std::size_t kLongestLine = 160;     ///< longer than any frame; bytes without the end
constexpr std::size_t kLongestFrame = 1 + 8 + 1 + 2 * 64 + 1;  ///< of encode(), bytes

/// A line that stands at the front of some bytes.
struct Line {
  std::string_view text;  ///< without its end, and without line feeds at the front
  bool refusal = false;   ///< ended by BELL, not CR
  std::size_t size = 0;   ///< bytes, with the end
};

/// None where no line is complete.
std::optional<Line> next_line(std::span<const std::uint8_t> bytes);

/// Reads a frame: all but time, channel and direction. `milliseconds` is the adapter's time, where
/// the line has one. False when the line is no frame.
bool decode_frame(std::string_view line, Message& message,
                  std::optional<std::uint16_t>& milliseconds);

/// Writes a frame, which is no error frame, with its CR. Returns the place behind it.
char* encode_frame(const Message& message, char* at);

/// The flags of "F13".
enum StatusFlag : std::uint8_t {
  kReceiveFull = 0x01,
  kTransmitFull = 0x02,
  kErrorWarning = 0x04,
  kDataOverrun = 0x08,
  kErrorPassive = 0x20,
  kArbitrationLost = 0x40,
  kBusError = 0x80,
};

/// The flags; none when the line doesn't tell them.
std::optional<std::uint8_t> decode_status(std::string_view line);

/// What a status means, as an error frame: what is set in `now`, and that the controller is active
/// again where `before` had a warning. None where there is nothing to tell.
std::optional<Message> error_frame(std::uint8_t before, std::uint8_t now);

/// "sw100096": state (a, w, p, b) and the error counters, receiving and sending, decimal; "e1a":
/// how many errors, and a letter for each. As an error frame; none when the line is neither.
std::optional<Message> decode_error(std::string_view line);

/// "S6" for 500000 bit/s; none for a rate without a code. `s7`: what the adapter makes of S7.
std::optional<std::string_view> bitrate_command(std::uint32_t bitrate, std::uint32_t s7);

/// The acceptance registers of an SJA1000 with two filters, "M" and "m". In a mask, 1 means any.
struct Acceptance {
  std::uint32_t code = 0, mask = 0xFFFFFFFF;
  bool operator==(const Acceptance&) const = default;
};

/// Registers that let all through that the filters do, and of the rest as little as they can.
Acceptance acceptance_of(std::span<const Filter> filters);

}  // namespace can::slcan
