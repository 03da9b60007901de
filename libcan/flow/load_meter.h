// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cansuite/message.h"
#include "cansuite/summary.h"

namespace can {

/// Measures how busy the channels of a live bus are, interval by interval. For one thread.
class LoadMeter {
 public:
  /// In bit/s. A data phase of unknown rate counts at the nominal rate.
  struct Rates {
    std::uint32_t nominal = 0, data = 0;  ///< 0: unknown
  };

  /// A channel in one interval.
  struct Reading {
    Channel channel;
    double received = 0, sent = 0, errors = 0;  ///< frames per second; error frames count apart
    std::optional<double> load{};  ///< part of the time, without stuff bits; none: rate unknown
  };

  /// Sets the rates of the channels that appear from now on without expect().
  void expect_others(Rates rates) { others_ = rates; }
  /// Names a channel that is listed from the start, and its rates. Messages without a channel count
  /// as of the first one named.
  void expect(Channel channel, Rates rates);

  void add(std::span<const Message> messages);

  /// The channels since the last call, in the order of their appearance, silent ones included;
  /// `interval` is the time since then, more than 0.
  std::vector<Reading> take(std::chrono::nanoseconds interval);

 private:
  struct Place {
    Channel channel;
    Rates rates;
    std::uint64_t received = 0, sent = 0, errors = 0;
    std::uint64_t nominal_bits = 0, data_bits = 0;
  };

  Place& place_of(Channel channel);
  static Reading reading(const Place& place, double seconds);

  Rates others_;
  Channel first_;
  std::vector<Place> places_;
  ChannelTable<std::uint32_t> numbers_;  // in places_, from 1; 0: none yet
};

}  // namespace can
