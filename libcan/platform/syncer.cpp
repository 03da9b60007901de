// SPDX-License-Identifier: MIT
#include "libcan/platform/syncer.h"

#include <utility>

#include "cansuite/error.h"

namespace can {

Syncer::Syncer(const File& file, std::string path, std::chrono::nanoseconds delay, Storage& storage)
    : file_(file.descriptor(), file.name()),
      path_(std::move(path)),
      delay_(delay),
      storage_(storage),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Syncer::request() {
  const std::lock_guard lock(mutex_);
  wanted_ = true;
  requested_.notify_one();
}

std::string Syncer::drain_failure() {
  const std::lock_guard lock(mutex_);
  return std::exchange(failure_, {});
}

void Syncer::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (requested_.wait(lock, stop, [this] { return wanted_; })) {
    requested_.wait_for(lock, stop, delay_, [] { return false; });
    if (stop.stop_requested()) return;  // whoever closes the file syncs it
    wanted_ = false;
    lock.unlock();
    sync();
    lock.lock();
  }
}

void Syncer::sync() try {
  storage_.add_sync();
  file_.sync();
  if (std::exchange(folder_synced_, true)) return;
  storage_.add_sync();
  sync_folder_of(path_);
} catch (const Error& error) {
  const std::lock_guard lock(mutex_);
  failure_ = error.what();
}

}  // namespace can
