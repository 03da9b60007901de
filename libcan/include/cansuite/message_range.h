// SPDX-License-Identifier: MIT
#pragma once

#include <iterator>
#include <utility>

#include "cansuite/message.h"

namespace can {

/// The messages that `next(message)` fills, one after the other until it returns false, as a range
/// for one loop: for (const Message& m : bus.messages()). Holds one message.
template <class Next>
class MessageRange {
 public:
  explicit MessageRange(Next next) : next_(std::move(next)) {}

  class Iterator {
   public:
    explicit Iterator(MessageRange& range) : range_(&range) { ++*this; }
    const Message& operator*() const { return range_->message_; }
    const Message* operator->() const { return &range_->message_; }
    Iterator& operator++() {
      more_ = range_->next_(range_->message_);
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !more_; }

   private:
    MessageRange* range_;
    bool more_ = false;
  };

  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Next next_;
  Message message_{};
};

}  // namespace can
