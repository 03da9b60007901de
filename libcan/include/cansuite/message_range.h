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
  /// `next` is called for each message.
  explicit MessageRange(Next next) : next_(std::move(next)) {}

  /// An input iterator: all copies stand at the same message.
  class Iterator {
   public:
    /// Waits for the first message.
    explicit Iterator(MessageRange& range) : range_(&range) { ++*this; }
    const Message& operator*() const { return range_->message_; }    ///< valid until ++
    const Message* operator->() const { return &range_->message_; }  ///< valid until ++
    /// Waits for the next message.
    Iterator& operator++() {
      more_ = range_->next_(range_->message_);
      return *this;
    }
    void operator++(int) { ++*this; }                                  ///< the same
    bool operator==(std::default_sentinel_t) const { return !more_; }  ///< whether it has ended

   private:
    MessageRange* range_;
    bool more_ = false;
  };

  Iterator begin() { return Iterator(*this); }        ///< to be called once
  std::default_sentinel_t end() const { return {}; }  ///< where next() returned false

 private:
  Next next_;
  Message message_{};
};

}  // namespace can
