// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cansuite/message.h"
#include "formats/support/scanner.h"
#include "libcan/model/ascii.h"
#include "libcan/model/hex.h"

/// The columns of a frame's line. Numbers are decimal or hexadecimal, as `decimal` says. All
/// functions throw Errc::corrupt "expected ..., got ..." for a word of another kind, or return
/// false.
namespace can::asc {

constexpr std::uint8_t kClassicLength = 8, kFdLength = 64;  // data bytes at most

/// Throws "expected <what>, got <word>". `word` is the one that was read, "" at the end of the
/// line.
[[noreturn]] void fail_word(std::string_view what, std::string_view word);

/// A number up to `limit`. False for anything else.
bool parse_number(std::string_view word, bool decimal, std::uint64_t limit, std::uint64_t& value);

/// A number of one digit, as most are. -1, with nothing read, for anything else.
inline int read_digit(Scanner& line, bool decimal) {
  const std::string_view rest = line.rest();
  if (rest.size() < 2 || !is_blank(rest[1])) return -1;
  const int digit = hex_digit(rest[0]);
  if (digit > (decimal ? 9 : 15)) return -1;
  if (digit >= 0) {
    line.skip(2);
    line.skip_blanks();
  }
  return digit;
}

/// A number up to `limit`, at most 255.
std::uint8_t read_number(Scanner& line, bool decimal, std::uint64_t limit, std::string_view what);

/// "Rx", "Tx", or "TxRq", a frame handed to the controller, in any case. False for anything else.
bool parse_direction(std::string_view word, Message& out);

/// "1A0", or "18EBFF00x" with 29 bits. An id above 7FF has 29 bits without its x, too: some writers
/// forget it. False for anything else.
bool parse_id(std::string_view word, bool decimal, Message& out);

/// "0A", or "A" as some writers have it, or "10" in decimal. False, with nothing read, for a word
/// that is no byte.
bool read_byte(Scanner& line, bool decimal, std::uint8_t& byte);

/// Reads bytes until one is none or `bytes` is full. Returns their number.
std::uint8_t read_bytes(Scanner& line, bool decimal, std::span<std::uint8_t> bytes);

/// Exactly these hexadecimal bytes with one blank between two, as most writers have them. False,
/// with nothing read, for anything else.
inline bool read_plain_bytes(Scanner& line, std::span<std::uint8_t> bytes) {
  const std::string_view rest = line.rest();
  const std::size_t size = bytes.size() * 3 - 1;
  if (!get_hex_spaced(rest, bytes) || (rest.size() > size && !is_blank(rest[size]))) return false;
  line.skip(size);
  line.skip_blanks();
  return true;
}

/// Exactly so many bytes in either layout.
void expect_bytes(Scanner& line, bool decimal, std::span<std::uint8_t> bytes);

/// Throws where another byte follows the data of a classic frame. "Length = 273910 BitCount = 141"
/// or a comment may follow.
void expect_no_byte(Scanner& line, bool decimal);

/// Throws where no CAN FD frame has this length.
void check_fd_length(std::uint8_t length);

/// "8" behind the r of a remote frame. Without it the writer left it out, or no data are requested.
void read_remote_dlc(Scanner& line, bool decimal, Message& out);

}  // namespace can::asc
