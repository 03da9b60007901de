// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/platform/file.h"
#include "libcan/platform/storage.h"
#include "libcan/platform/syncer.h"

namespace can {

/// The end of a regular file that a recording writes. What the file doesn't take, since the disk is
/// full, read-only or gone, waits in memory, and the storage stalls; the next flush() or close()
/// tries again. A slow disk gets few large writes: most of the time of a write may be its latency.
/// Syncs as the storage wants. Not thread-safe.
class PatientFile {
 public:
  /// `file`, at `path`, and `storage` are not owned.
  PatientFile(File& file, std::string path, Storage& storage);

  /// Throws Errc::io only where 64 MiB wait already.
  void write(std::string_view bytes);
  /// Overwrites bytes that were written. Throws as write().
  void patch(std::uint64_t offset, std::string_view bytes);
  /// Removes so many of the bytes that were written last. The next flush() replaces them in the
  /// file by what follows.
  void retract(std::uint64_t bytes);
  void flush();
  /// Closes the file. One that doesn't take everything is cut behind the last message that is
  /// known to be in it (Storage::saved()); Errc::io is thrown.
  void close();

 private:
  struct Patch {
    std::uint64_t offset;
    std::string bytes;
  };

  void put(std::string_view bytes);
  bool catch_up();
  void append_waiting();
  void keep(std::string_view bytes);
  void remember(std::uint64_t bytes);
  void look_for_removal();
  void sync_soon();
  void sync_now();
  void cut();  // no message counts that is not in the file

  File& file_;
  const std::string path_;
  Storage& storage_;
  std::uint64_t size_, saved_;  // bytes in the file: complete writes, and at the last save
  std::string waiting_;         // bytes behind size_
  bool excess_ = false;         // the file has bytes behind size_, to be removed
  std::string retracted_;       // bytes behind saved_, to be put back if nothing replaces them
  std::vector<Patch> patches_;  // that wait
  bool removed_ = false;
  bool slow_ = false;             // the last write
  std::optional<Syncer> syncer_;  // from the first flush on
};

}  // namespace can
