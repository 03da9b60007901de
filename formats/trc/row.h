// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "cansuite/message.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/scanner.h"

namespace can::trc {

/// The columns of a version's rows, as the letters of $COLUMNS without commas:
///
///   N number   O offset, ms   T type   B bus   I id   d direction   R reserved   L data length
///   code l data bytes   D data
///
/// In version 1.x the column d, direction, has the type.
struct Layout {
  std::string_view columns;
  bool old = false;  ///< version 1.x
};

/// Reads the rows of one layout.
class Row {
 public:
  explicit Row(Layout layout) : layout_(layout) {}

  /// Parses a row into `out`, whose timestamp is the row's offset. False for a row without a frame:
  /// a status, an event. Throws Errc::corrupt.
  bool parse(std::string_view line, Message& out);

  bool unknown() const { return unknown_; }  ///< the last row has an unknown type
  /// The text behind the last row's data, valid as long as its line.
  std::string_view rest() const { return rest_; }

 private:
  bool read_column(char column, Scanner& line);
  bool read_number(Scanner& line);
  void read_offset(Scanner& line);
  bool read_type(std::string_view word);
  bool read_old_type(std::string_view word);
  void adopt_bus(std::string_view word);
  void read_direction(std::string_view word);
  bool read_id(std::string_view word);
  void read_length(std::string_view word, bool is_code);
  void read_old_code(std::string_view data);
  void read_count(std::string_view data);
  void read_data(Scanner& line);
  void read_bytes(Scanner& line, std::span<std::uint8_t> bytes);
  void expect_no_byte(Scanner line) const;
  void read_error(Scanner& line);

  Layout layout_;
  NumberedChannels channels_;
  Message* out_ = nullptr;
  std::string_view rest_;
  bool unknown_ = false;
};

}  // namespace can::trc
