// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "libcan/model/filter.h"
#include "libcan/model/log.h"

namespace can {

/// A time in a log: since its first message, or since the Unix epoch.
struct LogTime {
  std::chrono::nanoseconds time{};
  bool since_epoch = false;

  std::chrono::nanoseconds absolute(std::chrono::nanoseconds first) const {
    return since_epoch ? time : first + time;
  }
};

/// "5s", "1m", "2.5" (seconds) since the first message; "@1551774790.5" since the epoch.
/// Throws Errc::invalid.
LogTime parse_log_time(std::string_view text);

/// Kinds of frames, as bits.
enum Kind : unsigned { data_kind = 1, fd_kind = 2, remote_kind = 4, error_kind = 8 };

/// "data,fd,remote,error", one or more of them. Throws Errc::invalid.
unsigned parse_kinds(std::string_view text);

/// Which messages of a log are wanted.
struct Selection {
  Filters filters;
  std::vector<Channel> channels{};  ///< of these, as same_channel() has it; none: of all
  unsigned kinds = data_kind | fd_kind | remote_kind | error_kind;
  std::optional<LogTime> start, end;  ///< from start on, and before end

  /// Whether messages of this channel are wanted.
  bool wants(Channel channel) const;
  /// Whether, of such a channel, this message of a log whose first one had the time `first` is.
  bool wants(const Message& message, std::chrono::nanoseconds first) const;
  /// Whether it is all messages that are wanted.
  bool everything() const;
};

/// Copies messages from a log to another: `reader` runs on a thread of its own, the writer on the
/// caller's. Throws what either throws; the writer then has everything that stood before.
class Transfer {
 public:
  Transfer(LogReader& reader, Selection selection)
      : reader_(reader), selection_(std::move(selection)) {}

  /// Hands what is wanted to `on_batch`, on the caller's thread; calls `on_pause` there whenever
  /// all that has come through a pipe was handed over and the rest is still to come.
  void run(const std::function<void(std::span<const Message>)>& on_batch,
           const std::function<void()>& on_pause = {});

 private:
  bool wants(const Message& message);
  std::size_t select(std::span<Message> batch);

  LogReader& reader_;
  Selection selection_;
  std::optional<std::chrono::nanoseconds> first_;
  ChannelTable<std::optional<bool>> wanted_;
};

}  // namespace can
