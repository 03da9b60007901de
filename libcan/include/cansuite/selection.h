// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "cansuite/filter.h"
#include "cansuite/message.h"

namespace can {

/// A time in a log: since its first message, or since the Unix epoch.
struct LogTime {
  std::chrono::nanoseconds time{};  ///< since the first message, or since the Unix epoch
  bool since_epoch = false;         ///< which of the two

  /// The time since the epoch, in a log whose first message has the time `first`.
  std::chrono::nanoseconds absolute(std::chrono::nanoseconds first) const {
    return since_epoch ? time : first + time;
  }
};

/// Parses "5s", "1m", "2.5" (seconds) as a time since the first message, "@1551774790.5" as one
/// since the epoch. Throws Errc::invalid.
LogTime parse_log_time(std::string_view text);

/// Kinds of frames, as bits of a set.
enum Kind : unsigned { data_kind = 1, fd_kind = 2, remote_kind = 4, error_kind = 8 };

/// Parses one or more of "data,fd,remote,error" as a set of Kind. Throws Errc::invalid.
unsigned parse_kinds(std::string_view text);

/// A selection of a log's messages: those that pass every criterion.
struct Selection {
  Filters filters{};                ///< by id; none: all ids
  std::vector<Channel> channels{};  ///< compared by same_channel(); empty: all channels
  unsigned kinds = data_kind | fd_kind | remote_kind | error_kind;  ///< a set of Kind
  std::optional<LogTime> start{};  ///< messages from here on, this time included
  std::optional<LogTime> end{};    ///< messages before this time

  /// Whether the channel passes.
  bool wants(Channel channel) const;
  /// Whether a message passes, apart from its channel. `first`: the time of the log's first
  /// message.
  bool wants(const Message& message, std::chrono::nanoseconds first) const;
  /// Whether no criterion is set.
  bool everything() const;
};

/// Applies a selection to one log, batch after batch. Not thread-safe.
class Selector {
 public:
  /// A selection of a log that has not begun.
  explicit Selector(Selection selection) : selection_(std::move(selection)) {}

  /// Moves the selected messages to the front of the batch, in order; returns their number.
  /// Relative times count from the first message of the first batch, selected or not.
  std::size_t keep_wanted(std::span<Message> batch);

 private:
  bool wants(const Message& message);

  Selection selection_;
  std::optional<std::chrono::nanoseconds> first_;
  ChannelTable<std::optional<bool>> wanted_;
};

}  // namespace can
