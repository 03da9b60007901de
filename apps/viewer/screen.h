// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/viewer/table.h"

namespace can::cli {

/// How a text looks. Where there are no colours, the terminal uses bold, reverse and dim.
enum class Style : std::uint8_t { plain, title, faint, warm, hot, error };

struct Span {
  std::string text;  ///< printable ASCII: a column each
  Style style = Style::plain;
};
using Line = std::vector<Span>;

struct Size {
  int lines = 24, columns = 80;
};

/// What is shown besides the rows.
struct Facts {
  std::string bus;                      ///< "socketcan vcan0", or the name of a log
  double rate = 0;                      ///< messages a second
  std::optional<double> load{};         ///< of the busiest channel, 0 to 1; none: bit rate unknown
  std::uint64_t dropped = 0;            ///< messages lost before they came here
  bool ended = false;                   ///< nothing comes any more
  std::string message{};                ///< for the last line, instead of the keys
  std::optional<std::string> prompt{};  ///< what is typed, with what it is for: "send: 123#"
  std::chrono::nanoseconds now{};       ///< the time of the bus
};

/// How the rows are shown.
struct Look {
  bool binary = false, ascii = true;
  bool decoded = true;  ///< names and signals below the rows, where there is a DBC file
  std::size_t top = 0;  ///< the first row that is shown, of those that are visible
};

/// The screen, from top to bottom: never more lines than `size` has, no line longer. A row whose
/// data are longer than a line takes several.
std::vector<Line> draw(const Table& table, const Facts& facts, const Look& look, Size size);

/// How many rows fit on the screen at least, for paging.
std::size_t page_of(Size size);

}  // namespace can::cli
