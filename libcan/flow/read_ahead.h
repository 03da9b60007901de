// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <thread>

#include "libcan/flow/batch_queue.h"
#include "libcan/flow/selection.h"
#include "libcan/model/log.h"

namespace can {

/// Reads a log on a thread of its own, ahead of the consumer. One thread consumes. The reader is
/// not owned, must outlive this, and must not be used elsewhere until next() has returned false or
/// thrown.
class ReadAhead {
 public:
  /// How far ahead the thread reads, in messages, and for how many a waiting consumer is woken.
  struct Depth {
    std::size_t capacity, batch, worth_waking;
  };
  static constexpr Depth kBulk{16'384, 2048, 8192};  ///< throughput: a conversion
  static constexpr Depth kPrompt{65'536, 1024, 1};   ///< latency: a replay

  /// Reads what `selection` wants.
  ReadAhead(LogReader& reader, Depth depth, Selection selection = {});

  /// Waits until the thread has ended: for as long as the reader waits for its input.
  ~ReadAhead();

  /// Releases the batch before and waits up to `timeout` for the next, which lives until the next
  /// call. False at the end of the log. The batch is empty where the time passed first and, once,
  /// where everything written into a pipe so far has been given. Throws what the reader threw,
  /// after the messages that stand before that.
  bool next(std::span<const Message>& batch,
            std::chrono::nanoseconds timeout = std::chrono::nanoseconds::max());

 private:
  void read(LogReader& reader);

  Selector selector_;
  BatchQueue queue_;
  std::size_t held_ = 0;  // messages of the batch that the consumer looks at
  std::jthread thread_;   // last: it uses the rest
};

}  // namespace can
