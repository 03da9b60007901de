// SPDX-License-Identifier: MIT
#include "formats/trc/row.h"

#include "formats/trc/error_record.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"

namespace can::trc {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kStatusId = 0xFFFFFFFF;  // version 1.x: the row has the state of the bus
constexpr std::uint64_t kMaxBus = 65'535;
constexpr std::int64_t kNanosPerMilli = 1'000'000;

/// Milliseconds with any number of decimals, of which six count.
bool parse_millis(std::string_view text, nanoseconds& out) {
  const bool negative = text.starts_with('-');
  Scanner scanner(text.substr(negative));
  std::uint64_t millis = 0;
  if (!scanner.read_decimal(millis, INT64_MAX / kNanosPerMilli - 1)) return false;
  std::int64_t nanos = static_cast<std::int64_t>(millis) * kNanosPerMilli;
  if (scanner.accept('.') || scanner.accept(',')) {
    std::int64_t unit = kNanosPerMilli;
    for (; is_digit(scanner.peek()); scanner.skip(1))
      nanos += (scanner.peek() - '0') * (unit /= 10);
  }
  out = nanoseconds(negative ? -nanos : nanos);
  return scanner.done();
}

}  // namespace

bool Row::parse(std::string_view line, Message& out) {
  out_ = &out;
  unknown_ = false;
  rest_ = {};
  out.reset();
  out.channel = channels_.channel(1);  // without a column of the bus there is one bus
  Scanner scanner(line);
  scanner.skip_blanks();
  for (const char column : layout_.columns) {
    if (out.error && column != 'B') break;  // its other columns are not those of a frame
    if (!read_column(column, scanner)) return false;
  }
  if (out.error) read_error(scanner);
  if (const char* flaw = why_invalid(out)) fail(Errc::corrupt, "{}", flaw);
  return true;
}

bool Row::read_column(char column, Scanner& line) {
  switch (column) {
    case 'N':
      return read_number(line);
    case 'O':
      read_offset(line);
      return true;
    case 'T':
      return read_type(line.read_word());
    case 'B':
      adopt_bus(line.read_word());
      return true;
    case 'I':
      return read_id(line.read_word());
    case 'd':
      if (layout_.old) return read_old_type(line.read_word());
      read_direction(line.read_word());
      return true;
    case 'L':
    case 'l':
      read_length(line.read_word(), column == 'L');
      return true;
    case 'D':
      read_data(line);
      return true;
    default:  // R, and columns of later versions
      line.read_word();
      return true;
  }
}

/// "12)" in version 1.x, "12" later.
bool Row::read_number(Scanner& line) {
  std::string_view word = line.read_word();
  const std::string_view whole = word;
  if (word.ends_with(')')) word.remove_suffix(1);
  std::uint64_t ignored;
  if (!parse_decimal(word, UINT64_MAX, ignored)) fail_expected("a message number", whole);
  return true;
}

void Row::read_offset(Scanner& line) {
  const std::string_view word = line.read_word();
  if (!parse_millis(word, out_->timestamp)) fail_expected("a time offset in ms", word);
}

bool Row::read_type(std::string_view word) {
  if (word.size() != 2) fail_expected("a message type such as DT", word);
  const char upper[] = {to_upper(word[0]), to_upper(word[1])};
  const std::string_view type(upper, sizeof upper);
  if (type == "DT") return true;
  if (type == "RR") return out_->remote = true;
  if (type == "ER") return out_->error = true;
  if (type == "FD" || type == "FB" || type == "FE" || type == "BI") {
    out_->fd = true;
    out_->brs = type == "FB" || type == "BI";
    out_->esi = type == "FE" || type == "BI";
    return true;
  }
  unknown_ = type != "ST" && type != "EC" && type != "EV";  // a type of a later version
  return false;
}

bool Row::read_old_type(std::string_view word) {
  if (same_word(word, "rx")) return true;
  if (same_word(word, "tx")) return out_->transmitted = true;
  if (word == "Error") return out_->error = true;
  if (word == "Warng") return false;
  fail_expected("Rx, Tx, Warng or Error", word);
}

void Row::adopt_bus(std::string_view word) {
  std::uint64_t number = 0;
  if (word == "-") return;
  if (!parse_decimal(word, kMaxBus, number)) fail_expected("a bus number", word);
  out_->channel = channels_.channel(static_cast<unsigned>(number));
}

void Row::read_direction(std::string_view word) {
  out_->transmitted = same_word(word, "tx");
  if (!out_->transmitted && !same_word(word, "rx")) fail_expected("Rx or Tx", word);
}

/// Four digits are a standard id, more an extended one.
bool Row::read_id(std::string_view word) {
  std::uint64_t id = 0;
  if (!parse_hex(word, UINT32_MAX, id)) fail_expected("an arbitration id", word);
  if (id == kStatusId) return false;
  if (id > kExtendedIdMask) fail_expected("an arbitration id up to 1FFFFFFF", word);
  out_->id = static_cast<std::uint32_t>(id);
  out_->extended = word.size() > 4 || id > kStandardIdMask;
  return true;
}

void Row::read_length(std::string_view word, bool is_code) {
  std::uint64_t value = 0;
  const bool coded = is_code && !layout_.old;
  if (!parse_decimal(word, coded && !out_->fd ? 15 : 64, value))
    fail_expected("a data length", word);
  const auto small = static_cast<std::uint8_t>(value);
  if (coded && small <= 15) return set_dlc(*out_, small);
  // Version 1.x has no types. More than 8 bytes mean CAN FD.
  if (layout_.old && small > 8) out_->fd = true;
  out_->length = small;
}

/// In version 1.x a length of 9 to 15 may be the code of a classic frame, with 8 bytes behind it or
/// none.
void Row::read_old_code(std::string_view data) {
  constexpr std::size_t kEightBytes = 8 * 3 - 1;
  if (!layout_.old || !out_->fd || out_->length > 15) return;
  if (!out_->remote && data.find_last_not_of(' ') + 1 != kEightBytes) return;
  out_->fd = false;
  set_dlc(*out_, out_->length);
}

/// Some writers put the number of bytes in place of the code. Of the numbers that may be codes,
/// only 12 is also the length of a frame.
void Row::read_count(std::string_view data) {
  constexpr std::size_t kTwelveBytes = 12 * 3 - 1;
  const bool may_be = !layout_.old && out_->fd && out_->length == length_of(12);
  if (may_be && data.find_last_not_of(' ') + 1 == kTwelveBytes) out_->length = 12;
}

void Row::read_data(Scanner& line) {
  if (line.rest().starts_with("RTR")) out_->remote = true;
  read_old_code(line.rest());
  read_count(line.rest());
  if (line.rest().starts_with("ERROR")) {
    line.read_word();
    out_->error = true;
    return;
  }
  if (out_->remote) return;
  read_bytes(line, {out_->data.data(), out_->length});
  rest_ = line.rest();
  if (!rest_.empty() && layout_.columns.ends_with('D')) expect_no_byte(line);
}

void Row::expect_no_byte(Scanner line) const {
  std::uint64_t byte;
  if (parse_hex(line.read_word(), 0xFF, byte))
    fail(Errc::corrupt, "expected {} data bytes, got more: {}", out_->length, quote(rest_));
}

void Row::read_bytes(Scanner& line, std::span<std::uint8_t> bytes) {
  const std::string_view text = line.rest();
  const std::size_t size = bytes.empty() ? 0 : bytes.size() * 3 - 1;
  const bool ends = bytes.empty() || text.size() <= size || is_blank(text[size]);
  if (ends && get_hex_spaced(text, bytes)) {
    line.skip(size);
    return line.skip_blanks();
  }
  for (std::uint8_t& byte : bytes) {  // several blanks, or too few bytes
    std::uint64_t value = 0;
    if (const std::string_view word = line.read_word(); !parse_hex(word, 0xFF, value))
      fail(Errc::corrupt, "expected {} data bytes, got {}", bytes.size(), quote(text));
    byte = static_cast<std::uint8_t>(value);
  }
}

/// The columns of an error row depend on the version, but the record is last; in version 1.x its
/// kind is the id. A row with an unknown record is an error frame without details.
void Row::read_error(Scanner& line) {
  std::array<std::string_view, 10> words;
  std::size_t count = 0;
  while (!line.done() && count < words.size()) words[count++] = line.read_word();
  ErrorRecord record{};
  std::uint64_t value = out_->id;  // version 1.0 has the kind before the word ERROR
  if (layout_.old && layout_.columns.find('d') != layout_.columns.npos)
    parse_hex(words[0], 0xFF, value);
  if (layout_.old) record[0] = static_cast<std::uint8_t>(value);
  const std::size_t first = layout_.old ? 1 : 0, missing = record.size() - first;
  bool understood = count >= missing;
  for (std::size_t i = first; understood && i < record.size(); ++i) {
    understood = parse_hex(words[count - record.size() + i], 0xFF, value);
    record[i] = static_cast<std::uint8_t>(value);
  }
  *out_ = Message{.timestamp = out_->timestamp, .channel = out_->channel};
  set_error(understood ? record : ErrorRecord{}, *out_);
}

}  // namespace can::trc
