// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "cansuite/message.h"
#include "libcan/platform/database.h"

namespace can::sqlite {

/// The values of a message in message_details.
struct Details {
  Channel channel{};
  bool fd = false, brs = false, esi = false, transmitted = false;
  std::uint8_t raw_dlc = 0;
  bool operator==(const Details&) const = default;
};

inline Details details_of(const Message& m) {
  return {m.channel, m.fd, m.brs, m.esi, m.transmitted, m.raw_dlc};
}

constexpr sqlite3_int64 kDefaults = 0;  ///< the row of message_details for messages without a row

/// Reads message_details in parallel with messages.
class DetailsReader {
 public:
  explicit DetailsReader(Database& database);

  /// The details of a message. Calls must be in ascending order of rows.
  const Details& of(sqlite3_int64 message) {
    while (row_ < message) advance();
    return row_ == message ? details_ : defaults_;
  }

 private:
  void advance();

  Statement rows_;
  ChannelCache channels_;
  Details defaults_, details_;
  sqlite3_int64 row_ = INT64_MAX;
};

}  // namespace can::sqlite
