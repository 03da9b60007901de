// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "libcan/platform/file.h"
#include "libcan/platform/file_use.h"

namespace can {

/// A file that is written beside the one it will replace and takes its place at commit(), so that
/// an error, a full disk or a signal leaves what was there. Without commit() it is removed.
///
/// The file that is to be replaced is locked (lock_for_writing) and has no other use in this
/// program (FileUse). What is no regular file, and "-", is written in place. Not for two threads at
/// a time, different objects are independent.
class Replacement {
 public:
  /// Throws Errc::not_found where the folder is missing, Errc::io, Errc::invalid.
  explicit Replacement(std::string name);
  ~Replacement() { discard(); }
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;

  const std::string& name() const { return name_; }  ///< as given
  /// The file to write until commit(); name() where that is written in place.
  const std::string& path() const { return temporary_.empty() ? name_ : temporary_; }

  /// Whether a file stands there, which commit() will replace.
  bool replaces() const { return existing_.has_value(); }

  /// After the file was written and closed. Throws Errc::io, and then nothing was replaced.
  void commit();
  /// As commit(), but as another file, which must not be there. Throws Errc::io.
  void commit_as(const std::string& path);

  /// Removes the file of all replacements that were not committed. For a signal that ends the
  /// program; any thread may call it, no replacement may be made or committed after it.
  static void discard_all();

 private:
  void discard();
  void create_temporary();
  void copy_owner();

  std::string name_, target_, temporary_;
  FileUse use_;
  std::optional<File> existing_;  // locked as long as it is open
};

}  // namespace can
