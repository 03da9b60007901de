// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "libcan/platform/file.h"
#include "libcan/platform/storage.h"

namespace can {

/// Syncs a file, and once its folder, on a thread of its own, so that a slow disk doesn't hold up
/// the thread that writes the file.
class Syncer {
 public:
  /// Of an open file at `path`. A sync begins `delay` after the first request() since the last one,
  /// and is counted in `storage`, which must outlive this.
  Syncer(const File& file, std::string path, std::chrono::nanoseconds delay, Storage& storage);

  /// What was written so far is to be synced. Never waits for the disk.
  void request();
  /// The error of a sync since the last call; "": none.
  std::string drain_failure();

 private:
  void run(const std::stop_token& stop);
  void sync();

  File file_;  // a descriptor of its own
  const std::string path_;
  const std::chrono::nanoseconds delay_;
  Storage& storage_;
  bool folder_synced_ = false;
  std::mutex mutex_;
  std::condition_variable_any requested_;
  bool wanted_ = false;
  std::string failure_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace can
