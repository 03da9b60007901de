// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cansuite/formats.h"
#include "cansuite/message.h"

namespace can::web {

/// The latest messages, for a download. Used by one thread.
class History {
 public:
  /// `limit`: messages that are kept, of 88 bytes.
  explicit History(std::size_t limit = 500'000) : limit_(limit) {}

  void add(std::span<const Message> messages);
  std::size_t size() const { return messages_.size(); }

  /// The messages of the last `length` before the latest, as a log in that format. Throws as the
  /// format does.
  std::string log(std::chrono::nanoseconds length, const Format& format) const;

 private:
  const std::size_t limit_;
  std::vector<Message> messages_;  // a ring once it is full
  std::size_t oldest_ = 0;
};

}  // namespace can::web
