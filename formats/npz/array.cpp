// SPDX-License-Identifier: MIT
#include "formats/npz/array.h"

#include "formats/support/scanner.h"
#include "libcan/model/fail.h"
#include "libcan/model/utf8.h"

namespace can::npz {
namespace {

constexpr std::size_t kWidestRow = 4096;

std::string_view between(std::string_view text, std::string_view start, char end) {
  const std::size_t at = text.find(start);
  if (at == text.npos) return {};
  text.remove_prefix(at + start.size());
  return text.substr(0, text.find(end));
}

/// Nanoseconds of a unit of NumPy's; 0 for a unit that is too long or short for times of messages.
std::int64_t nanos_in(std::string_view unit) {
  return unit == "[ns]"   ? 1
         : unit == "[us]" ? 1'000
         : unit == "[ms]" ? 1'000'000
         : unit == "[s]"  ? 1'000'000'000
                          : 0;
}

/// A character; U+FFFD for a number that is none.
char32_t character(const char* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  const bool known = value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
  return known ? value : 0xFFFDu;
}

}  // namespace

Array::Array(ZipReader& zip) {
  read_head(zip);
  std::vector<char> piece(64 * 1024);
  std::uint64_t size = 0;
  for (std::size_t got; (got = zip.read(piece)) > 0; size += got) {
    if (got > rows_ * width_ - size) fail(Errc::corrupt, "expected {} rows, got more", rows_);
    file_.write({piece.data(), got});
  }
  if (size != rows_ * width_) fail(Errc::corrupt, "expected {} rows, got less", rows_);
  file_.rewind();
}

std::string Array::text(std::size_t row) const {
  if (kind_ != 'U') return std::to_string(number(row));
  std::string name;
  for (std::size_t i = 0; i < width_; i += 4)
    if (const auto c = character(at(row) + i); c != 0) append_utf8(name, c);
  return name;
}

void Array::read_head(ZipReader& zip) {
  char magic[10];
  if (zip.read(magic) < sizeof magic || std::memcmp(magic, "\x93NUMPY\x01", 7) != 0)
    fail(Errc::corrupt, "no array of NumPy's format 1.0");
  std::string text(
      static_cast<unsigned char>(magic[8]) + 256u * static_cast<unsigned char>(magic[9]), '\0');
  if (zip.read(text) < text.size()) fail(Errc::corrupt, "the array's head is cut");
  if (text.find("'fortran_order': False") == text.npos)
    fail(Errc::corrupt, "an array in Fortran's order");
  parse_type(between(text, "'descr': '", '\''));
  parse_shape(between(text, "'shape': (", ')'));
}

/// "<i8", "|u1", "<U4", "<M8[ns]"
void Array::parse_type(std::string_view text) {
  constexpr std::string_view kTime = "<M8";
  if (text.starts_with(kTime)) {
    nanos_ = nanos_in(text.substr(kTime.size()));
    if (nanos_ > 0) text = "<i8";
  }
  std::uint64_t size = 0;
  const bool known = text.size() >= 3 && (text[0] == '<' || text[0] == '|') &&
                     std::string_view("iufbU").find(text[1]) != text.npos &&
                     parse_decimal(text.substr(2), kWidestRow / 4, size) && size > 0;
  if (!known || (text[1] != 'U' && size > 8) || (text[1] == 'f' && size != 8))
    fail(Errc::corrupt, "an array of type {}, which holds no part of a message", quote(text));
  kind_ = text[1];
  size_ = static_cast<std::size_t>(size) * (kind_ == 'U' ? 4 : 1);
}

/// "1000,", "1000, 64"
void Array::parse_shape(std::string_view text) {
  std::uint64_t columns = 1;
  Scanner scanner(text);
  const bool known = scanner.read_decimal(rows_, UINT64_MAX / kWidestRow) && scanner.accept(',');
  scanner.skip_blanks();
  if (!known || (!scanner.done() && !scanner.read_decimal(columns, kWidestRow / size_)))
    fail(Errc::corrupt, "an array of shape {}", quote(text));
  width_ = size_ * static_cast<std::size_t>(columns);
}

}  // namespace can::npz
