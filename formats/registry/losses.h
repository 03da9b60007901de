// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cansuite/formats.h"
#include "formats/support/channel_numbers.h"

namespace can {

/// Counts the values of messages that a format can't hold.
class Losses {
 public:
  explicit Losses(const Keeps& keeps) : keeps_(keeps) {}

  void count(std::span<const Message> messages);

  /// The losses for people: "CAN FD flags of 12 messages". Empty for none.
  std::vector<std::string> found() const;

  /// The loss of time below a microsecond, which the kernel's times have and few people miss; ""
  /// for none.
  std::string fine_time() const;

 private:
  /// The numbers of messages with each value that formats may lack.
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
  bool joins_none_ = false;       // a channel has the number of messages without one
  ChannelNumbers numbers_;        // as assigned by a writer
  InterfaceNames interfaces_;     // as assigned by a writer
  std::vector<char> comes_back_;  // indexed by channel: 1 once it is known to come back
};

}  // namespace can
