// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace can {

/// A shared library that is loaded at run time. It stays loaded until the process ends: libraries
/// of vendors have threads and destructors of their own.
class SharedLibrary {
 public:
  /// By path, or by a name that the system looks for. Throws Errc::not_found with the system's
  /// words.
  explicit SharedLibrary(const std::string& name);

  /// The address of a function; null: the library lacks it.
  void* find(const char* symbol) const;

 private:
  void* handle_;
};

}  // namespace can
