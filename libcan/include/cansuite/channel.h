// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace can {

/// The channel that a message came from or goes to: "can0", "1", "PCAN_USBBUS1", or none. A handle
/// of two bytes to a name that is kept until the process ends. Copying costs as much as copying an
/// integer. For any thread.
///
/// Logs that number their channels from 1 (ASC, BLF) give "1", "2". Network interfaces count from 0
/// ("can0"). As in python-can and asc2log, 1 and can0 are the same channel: see same_channel().
class Channel {
 public:
  constexpr Channel() = default;

  /// Control characters in `name` become "\x1b". A name of more than 64 bytes is cut and ends with
  /// a checksum of the whole name. The process holds 65,535 different names, more than any sound
  /// log has; a further name gives no channel.
  explicit Channel(std::string_view name);

  std::string_view name() const;  ///< "" without a channel

  /// The number, from 1, in logs that number their channels: that of number_channel(), else the one
  /// in the name: 1 for "1", and for "can0" and any other name that ends in 0. 0 for a name without
  /// a number. Different channels may have the same number: same_channel() decides.
  unsigned number() const;

  constexpr explicit operator bool() const { return index_ != 0; }  ///< whether there is one
  /// In the order in which the names were first used; equal for equal names.
  constexpr auto operator<=>(const Channel&) const = default;
  /// The index in tables by channel, 1 to 65,535; 0: no channel.
  constexpr std::uint16_t index() const { return index_; }

 private:
  std::uint16_t index_ = 0;
};

/// Sets Channel::number() of this name in this process, 1 to 65,534; 0: no number. For drivers that
/// number their channels in their own way: PCAN_USBBUS1 is 1. For any thread.
void number_channel(std::string_view name, unsigned number);

/// Whether `a` and `b` are the same channel: they have the same name, or are a number and the "can"
/// interface with that number (1 and can0). Any other interface, such as vcan0, is the same as
/// itself only. The rule for channels that a user names, for joined logs, and for logs written and
/// read back.
bool same_channel(Channel a, Channel b);

/// One value for each channel, T{} at first.
template <class T>
class ChannelTable {
 public:
  /// The value of the channel, or of no channel. The reference is valid until the next call.
  T& operator[](Channel channel) {
    if (channel.index() >= values_.size()) values_.resize(channel.index() + 1u);
    return values_[channel.index()];
  }

 private:
  std::vector<T> values_;
};

/// Maps channels that are the same, by same_channel(), to the first of them. Two channels that
/// differ stay apart even where a third is the same as both.
class SameChannels {
 public:
  /// The first channel so far that is the same as `channel`: that one itself, if none was.
  Channel first(Channel channel) {
    if (!channel) return channel;
    Channel& first = firsts_[channel];
    if (!first) first = find(channel);
    return first;
  }

 private:
  Channel find(Channel channel);

  ChannelTable<Channel> firsts_;
  std::vector<std::vector<Channel>> groups_;
};

/// Looks up channels by name. The last two names are found without a lock, as most in a log are.
class ChannelCache {
 public:
  /// The channel of this name.
  Channel find(std::string_view name) {
    if (name == last_.name()) return last_;
    if (name == other_.name()) return other_;
    other_ = last_;
    return last_ = Channel(name);
  }

 private:
  Channel last_, other_;
};

}  // namespace can
