// SPDX-License-Identifier: MIT
#include "formats/registry/losses.h"

#include <fmt/core.h>

#include <string>
#include <type_traits>

#include "libcan/model/duration.h"

namespace can {
namespace {

constexpr std::chrono::nanoseconds kMicrosecond{1'000};

/// The number of times that `step` rounds. A step that is a constant takes no division.
std::uint64_t count_cut(std::span<const Message> messages, auto step) {
  std::uint64_t count = 0;
  for (const Message& m : messages) count += m.timestamp.count() % step != 0;
  return count;
}

}  // namespace

void Losses::count(std::span<const Message> messages) {
  if (!keeps_flags()) count_flags(messages);
  if (keeps_.channel != KeepsChannel::name) count_channels(messages);
  if (keeps_.step.count() > 1) count_times(messages);
}

bool Losses::keeps_flags() const {
  return keeps_.fd && keeps_.remote && keeps_.error && keeps_.error_detail && keeps_.direction &&
         keeps_.raw_dlc;
}

void Losses::count_flags(std::span<const Message> messages) {
  Counts counts = counts_;  // in registers: a message may alias counts_
  for (const Message& m : messages) {
    counts.fd += m.fd;
    counts.remote += m.remote;
    counts.error += m.error;
    counts.error_detail += m.error && (m.id != 0 || m.length != 0);
    counts.transmitted += m.transmitted;
    counts.raw_dlc += m.raw_dlc != 0;
  }
  counts_ = counts;
}

void Losses::count_channels(std::span<const Message> messages) {
  for (const Message& m : messages) {
    const std::size_t index = m.channel.index();
    without_channel_ += index == 0;
    if (index < comes_back_.size() && comes_back_[index]) continue;  // nearly all channels
    channel_ += !comes_back(m.channel);
  }
}

bool Losses::comes_back(Channel channel) {
  if (!channel) return true;  // becomes 1
  const Channel read =
      keeps_.channel == KeepsChannel::number ? Channel(std::to_string(numbers_.number(channel)))
      : keeps_.channel == KeepsChannel::interface ? Channel(interfaces_.name(channel))
                                                  : Channel();
  joins_none_ = joins_none_ || same_channel(read, Channel("1"));
  if (!same_channel(channel, read)) return false;
  if (channel.index() >= comes_back_.size()) comes_back_.resize(channel.index() + 1u);
  comes_back_[channel.index()] = 1;
  return true;
}

void Losses::count_times(std::span<const Message> messages) {
  using Micro = std::integral_constant<std::int64_t, 1'000>;
  const std::int64_t step = keeps_.step.count();
  time_ += step == Micro() ? count_cut(messages, Micro()) : count_cut(messages, step);
}

std::vector<std::string> Losses::found() const {
  std::vector<std::string> lost;
  const auto add = [&](bool kept, std::uint64_t count, std::string_view what) {
    if (!kept && count > 0)
      lost.push_back(fmt::format("{} of {} message{}", what, count, count == 1 ? "" : "s"));
  };
  add(keeps_.fd, counts_.fd, "CAN FD flags");
  add(keeps_.remote, counts_.remote, "the remote flag");
  add(keeps_.error, counts_.error, "the error flag");
  add(keeps_.error_detail || !keeps_.error, counts_.error_detail,
      "id and data of error frames, out");
  add(keeps_.direction, counts_.transmitted, "the direction Tx");
  add(keeps_.raw_dlc, counts_.raw_dlc, "the raw DLC");
  add(keeps_.channel == KeepsChannel::name, channel_,
      keeps_.channel == KeepsChannel::no          ? "the channel"
      : keeps_.channel == KeepsChannel::interface ? "the channel's name (it gets that of an "
                                                    "interface)"
                                                  : "the channel's name (it gets a number)");
  add(!joins_none_, without_channel_, "that there is no channel (it becomes the first)");
  add(keeps_.step == kMicrosecond, time_, time_text());
  return lost;
}

std::string Losses::time_text() const { return "time below " + to_text(keeps_.step); }

std::string Losses::fine_time() const {
  if (keeps_.step != kMicrosecond || time_ == 0) return {};
  return fmt::format("{} of {} message{}", time_text(), time_, time_ == 1 ? "" : "s");
}

}  // namespace can
