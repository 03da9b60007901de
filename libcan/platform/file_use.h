// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "libcan/platform/file.h"

namespace can {

/// The use of a file by this program, registered while the object lives. A file in use can't be
/// opened for writing a second time, under whatever name: files are compared by device and inode,
/// so that a link or a redirected standard input is noticed. Reading a log that is being written is
/// allowed. Any thread may construct one.
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

/// Registers a file as an input of this program until the program ends: what is read once, such as
/// a DBC file or a token, must not become an output either. Nothing for what is no regular file.
void keep_as_input(const std::string& path);

/// `path` without symbolic links at its end.
std::string resolved(const std::string& path);

}  // namespace can
