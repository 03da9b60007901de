// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cansuite/message.h"
#include "cansuite/summary.h"
#include "libcan/model/trend.h"

namespace can {

/// What happened over a time of unknown length, in a constant number of equal intervals.
class Timeline {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  static constexpr std::size_t kIntervals = 256;

  struct Interval {
    std::uint64_t frames = 0, errors = 0;
    nanoseconds busy{};  ///< time that the bus was busy
  };

  /// `time` since the start of the log, not negative.
  void add(nanoseconds time, bool error, nanoseconds busy);

  nanoseconds width() const { return width_; }  ///< of an interval
  /// Up to the last one in which something happened.
  std::span<const Interval> intervals() const { return {intervals_.data(), used_}; }

 private:
  void widen();

  nanoseconds width_ = std::chrono::milliseconds(10);
  std::array<Interval, kIntervals> intervals_{};
  std::size_t used_ = 0;
};

/// The times between the messages of an id, in classes of a quarter of an octave.
class PeriodHistogram {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  static constexpr std::size_t kClasses = 112;  // from 1 us to 4 min, and what is beyond

  void add(nanoseconds period);
  std::uint64_t count(std::size_t index) const { return counts_[index]; }
  static nanoseconds lower_bound(std::size_t index);

 private:
  std::array<std::uint64_t, kClasses> counts_{};
};

/// Statistics of a log for people who look for what is unusual. add() needs the messages in the
/// order of time; messages that are earlier than the one before count as of its time.
class LogStatistics {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr std::size_t kMaxIds = 10'000;   // with details; others are counted
  static constexpr std::size_t kMaxBursts = 1000;  // of error frames; others are counted

  /// `bitrate`, `data_bitrate` in bit/s, for the load.
  LogStatistics(std::uint32_t bitrate, std::uint32_t data_bitrate)
      : bitrate_(bitrate), data_bitrate_(data_bitrate) {}

  void add(std::span<const Message> messages);

  /// The messages of one id on one channel.
  struct Id {
    std::uint64_t count = 0;
    nanoseconds first{}, last{};  ///< as Message::timestamp
    nanoseconds shortest = nanoseconds::max(), longest{};
    double mean = 0,
           squares = 0;  ///< of the periods in s: mean, and sum of squared differences from it
    PeriodHistogram periods;
    Trend trend;  ///< of the periods, in s, since the start of the log
    std::array<std::uint32_t, 512> bit_changes{};  ///< of bit 7 - i % 8 of byte i / 8
    std::uint8_t longest_data = 0;                 ///< bytes
    Message latest;

    double deviation() const;  ///< standard deviation of the periods, s
  };

  /// A key has bit 31 for an extended id.
  using Ids = std::map<std::uint32_t, Id>;

  struct Bus {
    Channel channel;
    Ids ids;
    Timeline timeline;
    std::uint64_t frames = 0, errors = 0;
    nanoseconds longest_gap{}, gap_at{};  ///< the longest silence, and when it began
    nanoseconds last{};
  };

  /// Error frames of a channel, less than a second apart.
  struct Burst {
    Channel channel;
    nanoseconds first{}, last{};
    std::uint64_t count = 0;
    std::string words;  ///< of the first one
  };

  const std::vector<Bus>& buses() const { return buses_; }      ///< in the order of appearance
  const std::vector<Burst>& bursts() const { return bursts_; }  ///< in the order of time
  std::uint64_t more_bursts() const { return more_bursts_; }
  std::uint64_t messages() const { return messages_; }
  std::uint64_t others() const { return others_; }        ///< messages of ids without details
  std::uint64_t backwards() const { return backwards_; }  ///< messages earlier than the one before
  nanoseconds first() const { return first_; }
  nanoseconds last() const { return last_; }

 private:
  Bus& bus_of(Channel channel);
  void add(const Message& message, nanoseconds time);
  void add_id(Bus& bus, const Message& message, nanoseconds time);
  void add_error(Bus& bus, const Message& message, nanoseconds time);
  nanoseconds busy(const Message& message) const;

  std::uint32_t bitrate_, data_bitrate_;
  std::vector<Bus> buses_;
  ChannelTable<std::uint32_t> places_;   // in buses_, from 1; 0: none yet
  ChannelTable<std::size_t> bursts_of_;  // of a channel: the latest one in bursts_, from 1
  std::vector<Burst> bursts_;
  std::uint64_t messages_ = 0, others_ = 0, backwards_ = 0, more_bursts_ = 0;
  std::size_t ids_ = 0;
  nanoseconds first_{}, last_{};
};

}  // namespace can
