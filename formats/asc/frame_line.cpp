// SPDX-License-Identifier: MIT
#include "formats/asc/frame_line.h"

#include <algorithm>
#include <utility>

#include "formats/asc/columns.h"
#include "formats/asc/fd_columns.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"

namespace can::asc {
namespace {

constexpr std::uint64_t kMaxChannel = 65'535;

/// Reads the next word as parse_id() does in hexadecimal.
bool read_hex_id(Scanner& line, Message& out) {
  const std::string_view text = line.rest();
  std::uint32_t id = 0;
  std::size_t size = 0;
  for (int digit; size < std::min<std::size_t>(text.size(), 8); ++size) {
    if ((digit = hex_digit(text[size])) < 0) break;
    id = id << 4 | static_cast<std::uint32_t>(digit);
  }
  const bool marked = size < text.size() && (text[size] == 'x' || text[size] == 'X');
  const std::size_t end = size + marked;
  if (size == 0 || end >= text.size() || !is_blank(text[end]) || id > kExtendedIdMask) return false;
  out.id = id;
  out.extended = marked || id > kStandardIdMask;
  line.skip(end);
  line.skip_blanks();
  return true;
}

/// The id of a line that has a symbolic name in its place: "... ID = 418119424x", decimal in any
/// base.
bool find_id_column(std::string_view line, Message& out) {
  constexpr std::string_view kTitle = "ID = ";
  const std::size_t at = line.rfind(kTitle);
  return at != line.npos &&
         parse_id(Scanner(line.substr(at + kTitle.size())).read_word(), true, out);
}

bool read_received_or_sent(Scanner& line, Message& out) {
  if (line.accept("Rx   d ")) return true;
  return out.transmitted = line.accept("Tx   d ");
}

/// "8 01 A0 0F A6 60 3B D1 40"
bool read_short_data(Scanner& line, Message& out) {
  const int length = read_digit(line, true);
  if (length < 1 || length > kClassicLength) return false;
  out.length = static_cast<std::uint8_t>(length);
  return read_plain_bytes(line, std::span(out.data).first(out.length)) &&
         (line.done() || line.peek() == 'L');
}

// Converters write CAN FD frames as classic lines with more data. The number before it is then the
// code or the length, in either base, so the bytes are counted.
void read_classic_data(Scanner& line, bool decimal, Message& out) {
  constexpr std::uint64_t kMax = 0x64;  // 64, written as if decimal
  const std::uint8_t dlc = read_number(line, decimal, kMax, "a data length code");
  out.length = std::min(dlc, kClassicLength);
  expect_bytes(line, decimal, std::span(out.data).first(out.length));
  if (dlc <= kClassicLength) return;
  out.length += read_bytes(line, decimal, std::span(out.data).subspan(kClassicLength));
  out.fd = out.length > kClassicLength;
  if (out.fd)
    check_fd_length(out.length);
  else if (dlc <= 15)
    set_dlc(out, dlc);
  else
    fail(Errc::corrupt, "expected {} data bytes, got {}", dlc, out.length);
}

void read_kind_and_data(Scanner& line, bool decimal, Message& out) {
  const std::string_view kind = line.read_word();
  if (kind == "d" || kind == "D")
    read_classic_data(line, decimal, out);
  else if (kind == "r" || kind == "R")
    read_remote_dlc(line, decimal, out);
  else
    fail_word("d or r", kind);
}

}  // namespace

FrameLine::Event FrameLine::parse(Scanner& line, Message& out) {
  out.reset();
  if (is_digit(line.peek())) return read_usual(line, out) ? Event::frame : read_classic(line, out);
  if (line.peek() != 'C' && line.peek() != 'c') return Event::other;
  const std::string_view kind = line.read_word();
  if (same_word(kind, "canxl")) return Event::xl;
  return same_word(kind, "canfd") && read_fd(line, out) ? Event::frame : Event::other;
}

bool FrameLine::read_channel(Scanner& line, Message& out) {
  const std::string_view text = line.rest();
  if (recurring_.read(line, out.channel)) {
    line.skip_blanks();
    return true;
  }
  std::uint64_t number;
  if (!parse_decimal(line.read_word(), kMaxChannel, number)) return false;
  out.channel = channels_.channel(static_cast<unsigned>(number));
  if (!line.done()) recurring_.remember(line.read_since(text), out.channel);
  return true;
}

/// The fast path for most lines: a data frame in the layout of CANoe, python-can and our writer.
/// Any other line, also a damaged one, is left to read_classic.
bool FrameLine::read_usual(Scanner& line, Message& out) {
  const std::string_view before = line.rest();
  if (!decimal_ && read_channel(line, out) && read_hex_id(line, out) &&
      read_received_or_sent(line, out) && read_short_data(line, out))
    return true;
  line.go_back(before);
  out.reset();
  return false;
}

FrameLine::Event FrameLine::read_classic(Scanner& line, Message& out) {
  if (!read_channel(line, out)) return Event::other;
  const std::string_view id = line.read_word();
  out.error = same_word(id, "errorframe");
  if (out.error) return Event::frame;
  const bool known = parse_id(id, decimal_, out);
  const bool directed = parse_direction(line.read_word(), out) ||
                        (known && parse_direction(line.read_word(), out));  // after a symbolic name
  if (!directed) return Event::other;
  if (!known && !find_id_column(line.rest(), out)) fail_word("an arbitration id", id);
  read_kind_and_data(line, decimal_, out);
  if (!out.remote) expect_no_byte(line, decimal_);
  return Event::frame;
}

bool FrameLine::read_fd(Scanner& line, Message& out) {
  if (!read_channel(line, out)) fail_word("a channel number", line.rest());
  std::string_view direction = line.read_word(), id = line.read_word();
  const bool older = !parse_direction(direction, out);
  if (older) std::swap(direction, id);
  out.error = same_word(id, "errorframe");
  if (out.error) return true;
  if (!parse_id(id, false, out)) fail_word("an arbitration id", id);
  if (older && !parse_direction(direction, out)) fail_word("Rx or Tx", direction);
  if (!is_digit(line.peek())) line.read_word();  // the symbolic name
  read_fd_columns(line, older, out);
  return true;
}

}  // namespace can::asc
