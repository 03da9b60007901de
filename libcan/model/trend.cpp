// SPDX-License-Identifier: MIT
#include "libcan/model/trend.h"

#include <algorithm>

namespace can {
namespace {

void include(Trend::Interval& interval, const Trend::Interval& other) {
  if (other.count == 0) return;
  const bool first = interval.count == 0;
  interval.least = first ? other.least : std::min(interval.least, other.least);
  interval.most = first ? other.most : std::max(interval.most, other.most);
  interval.count += other.count;
}

}  // namespace

void Trend::add(nanoseconds time, double value) {
  while (time / width_ >= static_cast<std::int64_t>(kIntervals)) widen();
  const auto index = static_cast<std::size_t>(time / width_);
  if (index >= intervals_.size()) intervals_.resize(index + 1);
  include(intervals_[index], {value, value, 1});
  least_ = count_ == 0 ? value : std::min(least_, value);
  most_ = count_ == 0 ? value : std::max(most_, value);
  ++count_;
}

/// Intervals of twice the width.
void Trend::widen() {
  width_ *= 2;
  for (std::size_t i = 1; i < intervals_.size(); ++i) {
    if (i % 2 == 0) intervals_[i / 2] = {};
    include(intervals_[i / 2], intervals_[i]);
  }
  intervals_.resize((intervals_.size() + 1) / 2);
}

}  // namespace can
