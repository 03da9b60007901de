// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <tuple>

#include "cansuite/signals.h"
#include "libcan/signals/packet_decoder.h"

namespace can::signals {

/// Compares messages with what the databases say of them. Not thread-safe.
class MessageCheck {
 public:
  explicit MessageCheck(Catalog catalog) : decoder_(std::move(catalog)) {}

  void add(std::span<const Message> messages);

  using nanoseconds = std::chrono::nanoseconds;

  /// What was seen of a message on a channel.
  struct Seen {
    std::uint64_t count = 0;         ///< messages
    std::uint64_t out_of_range = 0;  ///< values beyond their limits, or no number
    std::uint64_t too_short = 0;     ///< messages with fewer bytes than defined
    nanoseconds first{}, last{};     ///< times of messages
    nanoseconds longest{};           ///< between two messages

    /// Of the times between two messages; 0 for one message.
    nanoseconds average() const {
      return count > 1 ? (last - first) / static_cast<std::int64_t>(count - 1) : nanoseconds(0);
    }
  };
  struct Key {
    Channel channel;
    std::uint32_t id;
    bool extended;
    bool operator<(const Key& other) const {
      return std::tuple(channel.index(), id, extended) <
             std::tuple(other.channel.index(), other.id, other.extended);
    }
  };
  struct Known {
    const MessageDefinition* message = nullptr;
    Seen seen;
  };

  /// By channel and id of the definition.
  const std::map<Key, Known>& known() const { return known_; }
  /// Packets of J1939 that lack a frame.
  std::uint64_t incomplete() const {
    return decoder_.transport().lost() + decoder_.transport().unfinished();
  }
  /// Messages, other than error frames and those of J1939's transport protocol, that no database
  /// knows: the count of each id, of the first kMaxUnknown ids.
  const std::map<Key, std::uint64_t>& unknown() const { return unknown_; }
  std::uint64_t unknown_messages() const { return unknown_messages_; }
  static constexpr std::size_t kMaxUnknown = 100'000;

 private:
  void add_known(const Message& message, const Decoded& decoded, bool is_packet);
  void add_unknown(const Message& message);

  PacketDecoder decoder_;
  std::map<Key, Known> known_;
  std::map<Key, std::uint64_t> unknown_;
  std::uint64_t unknown_messages_ = 0;
};

}  // namespace can::signals
