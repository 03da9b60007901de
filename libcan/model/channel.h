// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace can {

/// Where a message came from or goes to: "can0", "1", "PCAN_USBBUS1", or nothing.
/// A two-byte handle to a name kept for the life of the process: as cheap as an int to copy.
/// Any thread may use it.
///
/// Logs that number their channels from 1 (ASC, BLF) give "1", "2"; names of interfaces count from
/// 0 ("can0"). The field's tools take 1 and can0 for the same channel, and so does same_channel().
class Channel {
 public:
  constexpr Channel() = default;

  /// Names past the first 65,535 different ones, which only a damaged log has, are lost: the
  /// channel is then nothing. A name of more than 64 bytes is cut, with a checksum of the whole at
  /// its end. Control characters, which a terminal would obey, become "\x1b".
  explicit Channel(std::string_view name);

  std::string_view name() const;  ///< "" when there is none

  /// The channel's number from 1 in logs that number their channels: what number_channel() was
  /// told; else 1 for "1", and for "can0" and all else that ends with 0. 0 when the name has none.
  /// Channels with the same number are one channel only where same_channel() says so.
  unsigned number() const;

  constexpr explicit operator bool() const { return index_ != 0; }
  constexpr auto operator<=>(const Channel&) const = default;
  constexpr std::uint16_t index() const { return index_; }  ///< for tables by channel; 0: none

 private:
  std::uint16_t index_ = 0;
};

/// Sets what Channel::number() returns for this name in this process, 1 to 65534; 0: no number. For
/// drivers whose channels count in their own way: PCAN_USBBUS1 is number 1. Any thread.
void number_channel(std::string_view name, unsigned number);

/// Whether `a` and `b` are the same channel, for a user who names one, for logs that are joined and
/// for what is written and read back: the same name, or 1 and can0. Other interfaces, such as
/// vcan0, are themselves only.
bool same_channel(Channel a, Channel b);

/// A value for each channel, nothing but T{} at first.
template <class T>
class ChannelTable {
 public:
  T& operator[](Channel channel) {
    if (channel.index() >= values_.size()) values_.resize(channel.index() + 1u);
    return values_[channel.index()];
  }

 private:
  std::vector<T> values_;
};

/// Takes channels that are the same, as same_channel() has it, for one: the first of them that
/// came. No two channels that aren't the same become one because a third is the same as both.
class SameChannels {
 public:
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

/// Finds the channel of a name fast when it is, as in logs, one of the few last asked for.
class ChannelCache {
 public:
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
