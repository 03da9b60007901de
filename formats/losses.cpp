// SPDX-License-Identifier: MIT
#include "formats/losses.h"

#include <fmt/core.h>

#include <type_traits>

#include "libcan/duration.h"

namespace can {
namespace {

bool is_number(Channel channel) {
  return channel.name().find_first_not_of("0123456789") == std::string_view::npos;
}

/// How many times `step` would cut. Of a step that the compiler knows it takes no division.
std::uint64_t count_cut(std::span<const Message> messages, auto step) {
  std::uint64_t count = 0;
  for (const Message& m : messages) count += m.timestamp.count() % step != 0;
  return count;
}

}  // namespace

void Losses::look_at(std::span<const Message> messages) {
  using Micro = std::integral_constant<std::int64_t, 1'000>;
  const std::int64_t step = keeps_.step.count();
  if (step > 1) time_ += step == Micro() ? count_cut(messages, Micro()) : count_cut(messages, step);
  Channel numbered;  // the last channel seen to be a number: names are looked at once in a row
  for (const Message& m : messages) {
    fd_ += m.fd;
    remote_ += m.remote;
    error_ += m.error;
    error_detail_ += m.error && (m.id != 0 || m.length != 0);
    transmitted_ += m.transmitted;
    raw_dlc_ += m.len8_dlc != 0;
    if (!m.channel || m.channel == numbered) continue;
    if (keeps_.channel == KeepsChannel::number && is_number(m.channel))
      numbered = m.channel;
    else
      ++channel_;
  }
}

std::vector<std::string> Losses::found() const {
  std::vector<std::string> lost;
  const auto add = [&](bool kept, std::uint64_t count, std::string_view what) {
    if (!kept && count > 0)
      lost.push_back(fmt::format("{} of {} message{}", what, count, count == 1 ? "" : "s"));
  };
  add(keeps_.fd, fd_, "CAN FD flags");
  add(keeps_.remote, remote_, "the remote flag");
  add(keeps_.error, error_, "the error flag");
  add(keeps_.error_detail || !keeps_.error, error_detail_, "id and data of error frames, out");
  add(keeps_.direction, transmitted_, "the direction Tx");
  add(keeps_.raw_dlc, raw_dlc_, "the raw DLC");
  add(keeps_.channel == KeepsChannel::name, channel_,
      keeps_.channel == KeepsChannel::no ? "the channel" : "the channel's name (it gets a number)");
  add(false, time_, "time below " + to_text(keeps_.step));
  return lost;
}

}  // namespace can
