// SPDX-License-Identifier: MIT
#include "formats/asc/columns.h"

#include "libcan/model/fail.h"

namespace can::asc {

void fail_word(std::string_view what, std::string_view word) {
  if (!word.empty()) fail_expected(what, word);
  fail(Errc::corrupt, "expected {}, got the end of the line", what);
}

bool parse_number(std::string_view word, bool decimal, std::uint64_t limit, std::uint64_t& value) {
  return decimal ? parse_decimal(word, limit, value) : parse_hex(word, limit, value);
}

std::uint8_t read_number(Scanner& line, bool decimal, std::uint64_t limit, std::string_view what) {
  if (limit >= 15)
    if (const int digit = read_digit(line, decimal); digit >= 0)
      return static_cast<std::uint8_t>(digit);
  const std::string_view word = line.read_word();
  std::uint64_t value;
  if (!parse_number(word, decimal, limit, value)) fail_word(what, word);
  return static_cast<std::uint8_t>(value);
}

bool parse_direction(std::string_view word, Message& out) {
  const bool received = same_word(word, "rx");
  out.transmitted = !received;
  return received || same_word(word, "tx") || same_word(word, "txrq");
}

bool parse_id(std::string_view word, bool decimal, Message& out) {
  const bool marked = word.ends_with('x') || word.ends_with('X');
  if (marked) word.remove_suffix(1);
  std::uint64_t id;
  if (!parse_number(word, decimal, kExtendedIdMask, id)) return false;
  out.id = static_cast<std::uint32_t>(id);
  out.extended = marked || id > kStandardIdMask;
  return true;
}

bool read_byte(Scanner& line, bool decimal, std::uint8_t& byte) {
  Scanner ahead = line;
  std::uint64_t value;
  if (!parse_number(ahead.read_word(), decimal, 255, value)) return false;
  byte = static_cast<std::uint8_t>(value);
  line = ahead;
  return true;
}

std::uint8_t read_bytes(Scanner& line, bool decimal, std::span<std::uint8_t> bytes) {
  std::uint8_t count = 0;
  while (count < bytes.size() && read_byte(line, decimal, bytes[count])) ++count;
  return count;
}

void expect_bytes(Scanner& line, bool decimal, std::span<std::uint8_t> bytes) {
  if (bytes.empty() || (!decimal && read_plain_bytes(line, bytes))) return;
  if (read_bytes(line, decimal, bytes) < bytes.size())
    fail_word(fmt::format("{} data bytes", bytes.size()), line.read_word());
}

void expect_no_byte(Scanner& line, bool decimal) {
  const std::string_view rest = line.rest();
  if (rest.empty() || rest[0] == 'L') return;
  std::uint8_t byte;
  Scanner ahead = line;
  if (read_byte(ahead, decimal, byte)) fail_word("no more data bytes", rest);
}

void check_fd_length(std::uint8_t length) {
  if (length_of(dlc_of(length)) != length)
    fail(Errc::corrupt, "expected the length of a CAN FD frame, got {}", length);
}

void read_remote_dlc(Scanner& line, bool decimal, Message& out) {
  std::uint64_t dlc;
  out.remote = true;
  if (parse_number(line.read_word(), decimal, 15, dlc))
    set_dlc(out, static_cast<std::uint8_t>(dlc));
}

}  // namespace can::asc
