// SPDX-License-Identifier: MIT
#include "formats/support/rows.h"

#include <algorithm>

#include "formats/support/scanner.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"

namespace can {

void Cells::cut(std::string_view line, char separator) {
  for (size_ = 0;; line.remove_prefix(cells_[size_ - 1].size() + 1)) {
    if (size_ == kMax) fail(Errc::invalid, "expected at most {} columns", kMax);
    cells_[size_++] = line.substr(0, line.find(separator));
    if (cells_[size_ - 1].size() == line.size()) return;
  }
}

std::size_t Cells::find(std::string_view name) const {
  const auto end = cells_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto found = std::find(cells_.begin(), end, name);
  return found == end ? kMax : static_cast<std::size_t>(found - cells_.begin());
}

std::uint64_t decimal_cell(std::string_view cell, std::string_view what, std::uint64_t limit) {
  std::uint64_t value = 0;
  if (!parse_decimal(cell, limit, value)) fail_expected(what, cell);
  return value;
}

std::uint32_t id_cell(std::string_view cell) {
  std::uint64_t id = 0;
  if (!parse_hex(cell, kExtendedIdMask, id)) fail_expected("an arbitration id", cell);
  return static_cast<std::uint32_t>(id);
}

bool flag_cell(std::string_view cell) {
  if (cell != "0" && cell != "1") fail_expected("0 or 1", cell);
  return cell == "1";
}

std::uint8_t data_cell(std::string_view cell, std::span<std::uint8_t> out) {
  const std::size_t count = cell.size() / 2;
  if (cell.size() % 2 != 0 || count > out.size() || !get_hex(cell, out.first(count)))
    fail_expected(fmt::format("up to {} bytes in hexadecimal", out.size()), cell);
  return static_cast<std::uint8_t>(count);
}

void RowReader::read_first_header() {
  for (std::string_view line; lines_.next(line);) {
    try {
      read_header(line);
    } catch (const Error& error) {
      fail(Errc::corrupt, "{}: {}", lines_.where(), error.what());
    }
    if (!line.starts_with('#')) return;
  }
}

void RowReader::fill(std::span<Message> out, std::size_t& filled) {
  read_lines(out, filled, [this](std::string_view line, Message& m) { return read_line(line, m); });
}

LineLogReader::Line RowReader::read_line(std::string_view line, Message& out) {
  if (line.empty()) return Line::other;
  if (line[0] == '#' || (line[0] == first_column_[0] && line.starts_with(first_column_))) {
    read_header(line);
    return Line::other;
  }
  out.reset();
  row_.cut(line, separator_);
  parse(row_, out);
  if (const char* flaw = why_invalid(out)) fail(Errc::invalid, "{}", flaw);
  return Line::frame;
}

}  // namespace can
