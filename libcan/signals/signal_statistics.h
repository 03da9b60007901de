// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "cansuite/signals.h"
#include "libcan/model/trend.h"
#include "libcan/signals/packet_decoder.h"

namespace can::signals {

/// How the signals of a log went. Not thread-safe.
class SignalStatistics {
 public:
  static constexpr std::size_t kMaxSeries = 1000;  ///< with details; values of others are counted

  /// What the catalog selects.
  explicit SignalStatistics(Catalog catalog) : decoder_(std::move(catalog)) {}

  /// Messages that are earlier than the one before count as of its time.
  void add(std::span<const Message> messages);

  /// A signal on a channel.
  struct Series {
    const MessageDefinition* message = nullptr;
    const Signal* signal = nullptr;
    std::uint64_t out_of_range = 0;  ///< values beyond the limits, or no number
    Trend trend{};                   ///< of the values that are numbers, since the first message
  };
  struct Key {
    std::uint32_t number;  ///< of the signal in the decoder
    Channel channel;
    bool operator<(const Key& other) const {
      return number != other.number ? number < other.number
                                    : channel.index() < other.channel.index();
    }
  };

  const std::map<Key, Series>& series() const { return series_; }
  std::uint64_t others() const { return others_; }  ///< values of signals without details

 private:
  void add(const Value& value, const Message& message, const MessageDefinition& definition);

  PacketDecoder decoder_;
  std::map<Key, Series> series_;
  std::optional<std::chrono::nanoseconds> first_{};  // time of a message
  std::chrono::nanoseconds last_{};
  std::uint64_t others_ = 0;
};

}  // namespace can::signals
