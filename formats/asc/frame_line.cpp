// SPDX-License-Identifier: MIT
#include "formats/asc/frame_line.h"

#include <algorithm>
#include <utility>

#include "formats/support/vector_flags.h"
#include "libcan/model/ascii.h"
#include "libcan/model/error.h"
#include "libcan/model/hex.h"

namespace can::asc {
namespace {

constexpr std::uint64_t kMaxChannel = 65'535;
constexpr std::uint8_t kClassicLength = 8, kFdLength = 64;

constexpr std::uint64_t kAnyFdFlag = vector_flags::kFd | vector_flags::kBrs | vector_flags::kEsi;

/// `word` is the one that was read, "" at the end of the line.
[[noreturn]] void fail_word(std::string_view what, std::string_view word) {
  if (!word.empty()) fail_expected(what, word);
  fail(Errc::corrupt, "expected {}, got the end of the line", what);
}

bool parse_number(std::string_view word, bool decimal, std::uint64_t limit, std::uint64_t& value) {
  return decimal ? parse_decimal(word, limit, value) : parse_hex(word, limit, value);
}

/// The value of a number of one digit, as most are. -1, with nothing taken, for all else.
int read_digit(Scanner& line, bool decimal) {
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

std::uint8_t read_number(Scanner& line, bool decimal, std::uint64_t limit, std::string_view what) {
  if (limit >= 15)
    if (const int digit = read_digit(line, decimal); digit >= 0)
      return static_cast<std::uint8_t>(digit);
  const std::string_view word = line.read_word();
  std::uint64_t value;
  if (!parse_number(word, decimal, limit, value)) fail_word(what, word);
  return static_cast<std::uint8_t>(value);
}

bool read_bit(Scanner& line, std::string_view what) {
  return read_number(line, true, 1, what) != 0;
}

/// "Rx", "Tx", or "TxRq", a frame handed to the controller; other writers don't keep to the case.
bool parse_direction(std::string_view word, Message& out) {
  const bool received = same_word(word, "rx");
  out.transmitted = !received;
  return received || same_word(word, "tx") || same_word(word, "txrq");
}

/// "1A0", or "18EBFF00x" with 29 bits; so has an id above 7FF whose writer forgot the x.
bool parse_id(std::string_view word, bool decimal, Message& out) {
  const bool marked = word.ends_with('x') || word.ends_with('X');
  if (marked) word.remove_suffix(1);
  std::uint64_t id;
  if (!parse_number(word, decimal, kExtendedIdMask, id)) return false;
  out.id = static_cast<std::uint32_t>(id);
  out.extended = marked || id > kStandardIdMask;
  return true;
}

/// As parse_id in hexadecimal, of the next word.
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

/// The id of a line with a symbolic name in its place: "... ID = 418119424x", decimal in any base.
bool find_id_column(std::string_view line, Message& out) {
  constexpr std::string_view kTitle = "ID = ";
  const std::size_t at = line.rfind(kTitle);
  return at != line.npos &&
         parse_id(Scanner(line.substr(at + kTitle.size())).read_word(), true, out);
}

/// "0A", or "A" as some writers have it, or "10" in decimal. Takes nothing when it is no byte.
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

/// As most writers have them.
bool read_plain_bytes(Scanner& line, std::span<std::uint8_t> bytes) {
  const std::string_view rest = line.rest();
  const std::size_t size = bytes.size() * 3 - 1;
  if (!get_hex_spaced(rest, bytes) || (rest.size() > size && !is_blank(rest[size]))) return false;
  line.skip(size);
  line.skip_blanks();
  return true;
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

void expect_bytes(Scanner& line, bool decimal, std::span<std::uint8_t> bytes) {
  if (bytes.empty() || (!decimal && read_plain_bytes(line, bytes))) return;
  if (read_bytes(line, decimal, bytes) < bytes.size())
    fail_word(fmt::format("{} data bytes", bytes.size()), line.read_word());
}

/// Behind the data of a classic frame, where "Length = 273910 BitCount = 141" or a comment may
/// stand.
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

// Converters write CAN FD frames as classic lines with more data. Whether the number before it is
// then the code or the length, and in which base, differs: so the data is counted.
void read_classic_data(Scanner& line, bool decimal, Message& out) {
  constexpr std::uint64_t kMax = 0x64;  // 64, written as in decimal
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

/// "r 8", or "r" alone: then no data was asked for, or the writer didn't say.
void read_remote_dlc(Scanner& line, bool decimal, Message& out) {
  std::uint64_t dlc;
  out.remote = true;
  if (parse_number(line.read_word(), decimal, 15, dlc))
    set_dlc(out, static_cast<std::uint8_t>(dlc));
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

/// The third column behind the data. Where it is missing, or "Length = 5 BitCount = 3" stands there
/// as behind classic frames, the line's first word tells all there is: CANFD.
std::uint64_t read_fd_flags(Scanner& line) {
  const std::string_view duration = line.read_word();  // ns
  line.read_word();                                    // length, bits
  std::uint64_t flags;
  const bool there =
      !same_word(duration, "length") && parse_hex(line.read_word(), UINT32_MAX, flags);
  return there ? flags : vector_flags::kFd;
}

/// Of a CANFD line without the FD flag: a classic frame that was seen on an FD channel.
void become_classic(Message& out, std::uint8_t dlc, bool remote) {
  const std::uint8_t there = out.length;
  out.fd = out.brs = out.esi = false;
  out.remote = remote;
  set_dlc(out, dlc);
  if (!remote && out.length != there)
    fail(Errc::corrupt, "expected {} data bytes, got {}", out.length, there);
}

/// "r 8", where a length or nothing may follow: CAN FD has no remote frames.
void read_fd_remote(Scanner& line, Message& out) {
  out.brs = out.esi = false;
  line.skip_blanks();
  read_remote_dlc(line, false, out);
}

/// Takes the data of a CANFD line. Some writers count those that a remote frame asks for.
void read_fd_data(Scanner& line, bool older, Message& out) {
  const std::string_view data = line.rest();
  const auto bytes = std::span(out.data).first(out.length);
  std::uint8_t byte;
  if (older || bytes.empty() || read_byte(line, false, byte)) {
    line.go_back(data);
    return expect_bytes(line, false, bytes);
  }
  const bool remote =
      (read_fd_flags(line) & (vector_flags::kRemote | vector_flags::kFd)) == vector_flags::kRemote;
  line.go_back(data);
  if (!remote) expect_bytes(line, false, bytes);
  out.length = 0;
}

/// In the older layout "d" or "r" precedes the code, and other columns follow the data.
void read_fd_columns(Scanner& line, bool older, Message& out) {
  out.brs = read_bit(line, "BRS as 0 or 1");
  out.esi = read_bit(line, "ESI as 0 or 1");
  if (line.accept("r ")) return read_fd_remote(line, out);
  if (older) line.read_word();
  const std::uint8_t dlc = read_number(line, false, 15, "a data length code");
  out.length = read_number(line, true, kFdLength, "a length up to 64");
  check_fd_length(out.length);
  read_fd_data(line, older, out);
  if (older) expect_no_byte(line, false);
  const std::uint64_t flags = older ? vector_flags::kFd : read_fd_flags(line);
  out.fd = (flags & kAnyFdFlag) != 0 || out.length > kClassicLength;
  if (!out.fd) become_classic(out, dlc, (flags & vector_flags::kRemote) != 0);
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

/// What most lines are: a frame with data, laid out as by CANoe, python-can and our own writer. All
/// others are left to read_classic, as is the reason why one is damaged.
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
                        (known && parse_direction(line.read_word(), out));  // behind a name
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
