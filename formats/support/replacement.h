// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "libcan/platform/file.h"
#include "libcan/platform/file_use.h"

namespace can {

/// A file that is written beside the one it replaces and takes its place at commit(). An error, a
/// full disk or a signal leaves the old file. Without commit() the new file is removed.
///
/// The old file is locked (lock_for_writing) and has no other use in this process (FileUse). "-",
/// and a path that is no regular file, are written in place. For one thread at a time; different
/// objects are independent.
class Replacement {
 public:
  /// Throws Errc::not_found for a missing folder, Errc::io, Errc::invalid.
  explicit Replacement(std::string name);
  ~Replacement() { discard(); }
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;

  const std::string& name() const { return name_; }  ///< as given
  /// The path to write to before commit(); name() where that is written in place.
  const std::string& path() const { return temporary_.empty() ? name_ : temporary_; }

  /// Whether commit() replaces an existing file.
  bool replaces() const { return existing_.has_value(); }

  /// Replaces the file, which is written and closed. Throws Errc::io; then nothing is replaced.
  void commit();
  /// As commit(), under another path, where no file may be. Throws Errc::io.
  void commit_as(const std::string& path);

  /// Removes the new files of all replacements that are not committed: for a signal that ends the
  /// process. For any thread. No replacement may be made or committed afterwards.
  static void discard_all();

 private:
  void discard();
  void create_temporary();
  void copy_owner();

  std::string name_, target_, temporary_;
  FileUse use_;
  std::optional<File> existing_;  // locked while it is open
};

}  // namespace can
