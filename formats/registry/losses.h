// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/support/channel_numbers.h"
#include "formats/support/format.h"

namespace can {

/// Looks at the messages of a log and tells what another format can't hold of them.
class Losses {
 public:
  explicit Losses(const Keeps& keeps) : keeps_(keeps) {}

  void count(std::span<const Message> messages);

  /// What got lost, for people: "CAN FD flags of 12 messages". Empty when nothing did.
  std::vector<std::string> found() const;

  /// The same of time below a microsecond, which the kernel's times have and hardly anybody misses.
  std::string fine_time() const;

 private:
  /// How many messages have what formats may lack.
  struct Counts {
    std::uint64_t fd = 0, remote = 0, error = 0, error_detail = 0, transmitted = 0, raw_dlc = 0;
  };
  bool keeps_flags() const;
  void count_flags(std::span<const Message> messages);
  void count_channels(std::span<const Message> messages);
  void count_times(std::span<const Message> messages);
  bool comes_back(Channel channel);
  std::string time_text() const;

  Keeps keeps_;
  Counts counts_;
  std::uint64_t channel_ = 0, without_channel_ = 0, time_ = 0;
  bool joins_none_ = false;       // a channel is written as messages without one are
  ChannelNumbers numbers_;        // as a writer gives them
  InterfaceNames interfaces_;     // likewise
  std::vector<char> comes_back_;  // by the channel's index: known to
};

}  // namespace can
