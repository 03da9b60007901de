// SPDX-License-Identifier: MIT
#include "libcan/signals/signal_statistics.h"

#include <algorithm>
#include <cmath>

namespace can::signals {

void SignalStatistics::add(std::span<const Message> messages) {
  for (const Message& m : messages) {
    if (!first_) first_ = last_ = m.timestamp;
    last_ = std::max(last_, m.timestamp);
    decoder_.decode(m, [this](const Message& head, const Decoded& decoded) {
      for (const Value& value : decoded.values) add(value, head, *decoded.message);
    });
  }
}

void SignalStatistics::add(const Value& value, const Message& message,
                           const MessageDefinition& definition) {
  const Key key{value.number, message.channel};
  auto found = series_.find(key);
  if (found == series_.end()) {
    if (series_.size() == kMaxSeries) {
      ++others_;
      return;
    }
    found = series_.emplace(key, Series{&definition, value.signal}).first;
  }
  Series& series = found->second;
  series.out_of_range += !in_range(value);
  if (const double number = physical(value); std::isfinite(number))
    series.trend.add(last_ - *first_, number);
}

}  // namespace can::signals
