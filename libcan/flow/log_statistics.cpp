// SPDX-License-Identifier: MIT
#include "libcan/flow/log_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "cansuite/error_frame.h"
#include "libcan/model/frame_bits.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kBurst = 1s;    // error frames that are closer belong together
constexpr unsigned kFine = 2;  // bits behind the first one of a period, in us, that tell its class

double seconds(nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

std::string words_of(const Message& message) {
  const std::string text = fmt::format("{}", fmt::join(error_words(message), "; "));
  return text.empty() ? "error frame" : text;
}

/// Welford's way: exact also where the deviation is small beside the mean.
void add_period(LogStatistics::Id& id, nanoseconds period, nanoseconds since_start) {
  id.periods.add(period);
  id.trend.add(since_start, seconds(period));
  id.shortest = std::min(id.shortest, period);
  id.longest = std::max(id.longest, period);
  const double value = seconds(period), difference = value - id.mean;
  id.mean += difference / static_cast<double>(id.count);
  id.squares += difference * (value - id.mean);
}

void add_changes(LogStatistics::Id& id, const Message& message) {
  const auto before = id.latest.payload(), now = message.payload();
  for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i)
    for (auto changed = static_cast<unsigned>(before[i] ^ now[i]); changed != 0;
         changed &= changed - 1)
      ++id.bit_changes[8 * i + 7 - static_cast<std::size_t>(std::countr_zero(changed))];
}

}  // namespace

void Timeline::add(nanoseconds time, bool error, nanoseconds busy) {
  while (time / width_ >= static_cast<std::int64_t>(kIntervals)) widen();
  const auto index = static_cast<std::size_t>(time / width_);
  Interval& interval = intervals_[index];
  ++(error ? interval.errors : interval.frames);
  interval.busy += busy;
  used_ = std::max(used_, index + 1);
}

/// Intervals of twice the width.
void Timeline::widen() {
  width_ *= 2;
  for (std::size_t i = 0; i < kIntervals; ++i) {
    Interval both{};
    for (std::size_t half = 2 * i; half < std::min(2 * i + 2, kIntervals); ++half) {
      both.frames += intervals_[half].frames;
      both.errors += intervals_[half].errors;
      both.busy += intervals_[half].busy;
    }
    intervals_[i] = both;
  }
  used_ = (used_ + 1) / 2;
}

void PeriodHistogram::add(nanoseconds period) {
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(period / 1us, 1));
  const unsigned octave = static_cast<unsigned>(std::bit_width(us)) - 1;
  const std::uint64_t fine = octave >= kFine ? us >> (octave - kFine) : us << (kFine - octave);
  const std::size_t index = (octave << kFine) + (fine & ((1u << kFine) - 1));
  ++counts_[std::min(index, kClasses - 1)];
}

nanoseconds PeriodHistogram::lower_bound(std::size_t index) {
  const std::size_t octave = index >> kFine, fine = index & ((1u << kFine) - 1);
  const double us =
      std::ldexp(1.0 + static_cast<double>(fine) / (1u << kFine), static_cast<int>(octave));
  return nanoseconds(std::llround(us * 1000));
}

double LogStatistics::Id::deviation() const {
  return count > 2 ? std::sqrt(squares / static_cast<double>(count - 2)) : 0;
}

void LogStatistics::add(std::span<const Message> messages) {
  for (const Message& message : messages) {
    if (messages_++ == 0) first_ = last_ = message.timestamp;
    backwards_ += message.timestamp < last_;
    last_ = std::max(last_, message.timestamp);
    add(message, last_);
  }
}

void LogStatistics::add(const Message& message, nanoseconds time) {
  Bus& bus = bus_of(message.channel);
  if (bus.frames + bus.errors > 0 && time - bus.last > bus.longest_gap) {
    bus.longest_gap = time - bus.last;
    bus.gap_at = bus.last;
  }
  bus.last = time;
  bus.timeline.add(time - first_, message.error, busy(message));
  ++(message.error ? bus.errors : bus.frames);
  message.error ? add_error(bus, message, time) : add_id(bus, message, time);
}

void LogStatistics::add_id(Bus& bus, const Message& message, nanoseconds time) {
  constexpr std::uint32_t kExtended = 1u << 31;
  const std::uint32_t key = message.id | (message.extended ? kExtended : 0);
  auto found = bus.ids.find(key);
  if (found == bus.ids.end()) {
    if (ids_ == kMaxIds) {
      ++others_;
      return;
    }
    ++ids_;
    found = bus.ids.try_emplace(key).first;
  }
  Id& id = found->second;
  if (id.count > 0) {
    add_period(id, time - id.last, time - first_);
    add_changes(id, message);
  } else {
    id.first = time;
  }
  ++id.count;
  id.last = time;
  id.latest = message;
  id.longest_data = std::max(id.longest_data, static_cast<std::uint8_t>(message.payload().size()));
}

void LogStatistics::add_error(Bus& bus, const Message& message, nanoseconds time) {
  std::size_t& latest = bursts_of_[bus.channel];
  if (latest > 0 && time - bursts_[latest - 1].last <= kBurst) {
    bursts_[latest - 1].last = time;
    ++bursts_[latest - 1].count;
    return;
  }
  if (bursts_.size() == kMaxBursts) {
    ++more_bursts_;
    return;
  }
  bursts_.push_back({.channel = bus.channel,
                     .first = time,
                     .last = time,
                     .count = 1,
                     .words = words_of(message)});
  latest = bursts_.size();
}

nanoseconds LogStatistics::busy(const Message& message) const {
  const FrameBits bits = bits_of(message);
  const auto time_of = [](std::uint32_t count, std::uint32_t rate) {
    return nanoseconds(std::int64_t{count} * 1'000'000'000 / std::max<std::int64_t>(rate, 1));
  };
  return time_of(bits.nominal, bitrate_) + time_of(bits.data, data_bitrate_);
}

LogStatistics::Bus& LogStatistics::bus_of(Channel channel) {
  std::uint32_t& place = places_[channel];
  if (place == 0) {
    buses_.emplace_back().channel = channel;
    place = static_cast<std::uint32_t>(buses_.size());
  }
  return buses_[place - 1];
}

}  // namespace can
