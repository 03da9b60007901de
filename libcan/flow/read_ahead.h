// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <thread>

#include "cansuite/log.h"
#include "cansuite/selection.h"
#include "libcan/flow/batch_queue.h"

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

  /// Reads the messages of `selection`.
  ReadAhead(LogReader& reader, Depth depth, Selection selection = {});

  /// Joins the thread, which may still wait for the reader's input.
  ~ReadAhead();

  /// Releases the previous batch and waits up to `timeout` for the next, which is valid until the
  /// next call. False at the end of the log. The batch is empty after `timeout` and, once, when all
  /// messages written into a pipe so far have been delivered. Throws the reader's exception after
  /// the messages before it.
  bool next(std::span<const Message>& batch,
            std::chrono::nanoseconds timeout = std::chrono::nanoseconds::max());

 private:
  void read(LogReader& reader);

  Selector selector_;
  BatchQueue queue_;
  std::size_t held_ = 0;  // messages of the consumer's current batch
  std::jthread thread_;   // last: it uses the rest
};

}  // namespace can
