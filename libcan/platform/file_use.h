// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "libcan/platform/file.h"

namespace can {

/// Says, for as long as it lives, that this program reads or writes a file. No file is written that
/// is read or written already, under whatever name: two paths, a link, a redirected standard input
/// are the same file where device and inode are. A log may be read while it is written. Any thread
/// may make one.
class FileUse {
 public:
  enum class Kind { read, write };

  FileUse() = default;  ///< of no file
  /// Of an open file; of none where it isn't a regular one.
  /// Throws Errc::invalid: "drive.asc: is an input as well as an output".
  FileUse(const File& file, Kind kind);
  /// Of a file to be written at `path`, which need not be there yet. Throws Errc::invalid.
  explicit FileUse(const std::string& path);
  ~FileUse();
  FileUse(FileUse&& other) noexcept : number_(std::exchange(other.number_, 0)) {}
  FileUse& operator=(FileUse&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

 private:
  std::uint64_t number_ = 0;  // in the list of all uses; 0: of no file
};

/// `path` without symbolic links at its end.
std::string resolved(const std::string& path);

}  // namespace can
