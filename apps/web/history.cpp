// SPDX-License-Identifier: MIT
#include "apps/web/history.h"

#include <algorithm>

namespace can::web {

void History::add(std::span<const Message> messages) {
  for (const Message& message : messages.last(std::min(messages.size(), limit_))) {
    if (messages_.size() < limit_) {
      messages_.push_back(message);
      continue;
    }
    messages_[oldest_] = message;
    oldest_ = oldest_ + 1 == limit_ ? 0 : oldest_ + 1;
  }
}

std::string History::log(std::chrono::nanoseconds length, const Format& format) const {
  std::chrono::nanoseconds latest{};
  for (const Message& message : messages_) latest = std::max(latest, message.timestamp);
  std::string bytes;
  const auto writer = format.create(memory_sink(bytes), {});
  const auto write = [&](std::span<const Message> part) {
    for (const Message& message : part)
      if (message.timestamp >= latest - length) writer->write(message);
  };
  write(std::span(messages_).subspan(oldest_));
  write(std::span(messages_).first(oldest_));
  writer->close();
  return bytes;
}

}  // namespace can::web
