// SPDX-License-Identifier: MIT
#pragma once

#include <thread>

#include "libcan/flow/batch_queue.h"
#include "libcan/model/log.h"

namespace can::cli {

/// Reads a log on a thread of its own, ahead of the replay.
class ReadAhead {
 public:
  explicit ReadAhead(LogReader& reader)
      : queue_(kMessages, kBatch), thread_([this, &reader] {
          try {
            read(reader);
            queue_.finish();
          } catch (...) {
            queue_.finish(std::current_exception());
          }
        }) {}

  /// Waits for the reader, which may wait for its input.
  ~ReadAhead() { queue_.cancel(); }

  /// Waits up to `timeout`; empty when nothing came, see ended(). Throws what the reader threw.
  std::span<const Message> wait(std::chrono::nanoseconds timeout) { return queue_.wait(timeout); }
  void release(std::size_t count) { queue_.release(count); }
  bool ended() const { return queue_.ended(); }

 private:
  static constexpr std::size_t kMessages = 65'536, kBatch = 1024;

  void read(LogReader& reader) {
    for (auto places = queue_.reserve(); !places.empty(); places = queue_.reserve()) {
      const std::size_t count = reader.read(places);
      if (count == 0) return;
      queue_.commit(count);
    }
  }

  BatchQueue queue_;
  std::jthread thread_;
};

}  // namespace can::cli
