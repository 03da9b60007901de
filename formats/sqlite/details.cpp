// SPDX-License-Identifier: MIT
#include "formats/sqlite/details.h"

namespace can::sqlite {

DetailsReader::DetailsReader(Database& database) {
  if (!database.has_table("message_details")) return;
  rows_ = Statement(database,
                    "SELECT message, channel, fd, brs, esi, transmitted, raw_dlc"
                    " FROM message_details ORDER BY message");
  advance();
  if (row_ == kDefaults) {
    defaults_ = details_;
    advance();
  }
}

void DetailsReader::advance() {
  if (!rows_ || !rows_.step()) {
    row_ = INT64_MAX;
    return;
  }
  const auto number = [&](int column) { return sqlite3_column_int(rows_.get(), column); };
  row_ = sqlite3_column_int64(rows_.get(), 0);
  const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(rows_.get(), 1));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows_.get(), 1));
  details_ = {name ? channels_.find({name, size}) : Channel(),
              number(2) != 0,
              number(3) != 0,
              number(4) != 0,
              number(5) != 0,
              static_cast<std::uint8_t>(number(6) & 15)};
}

}  // namespace can::sqlite
