// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cansuite/option.h"
#include "libcan/platform/shared_library.h"

namespace can {

/// The library of a vendor, as it is looked for.
struct VendorLibraryInfo {
  std::string_view interface;          ///< "kvaser"
  std::string_view title;              ///< "Kvaser's CANLIB"
  std::span<const char* const> names;  ///< tried in this order
  std::string_view advice;             ///< where it is to be had, and what does without it
  bool other_system = false;           ///< the vendor has none for this system
};

/// The option that names the library's file.
inline constexpr Option kLibrary = {.name = "library", .help = "file of the vendor's library"};

/// A vendor's library that is loaded. It is never unloaded.
///
/// The file is that of `given`, else of the environment variable CANSUITE_<INTERFACE>_LIBRARY, else
/// the first of VendorLibraryInfo::names that there is.
class VendorLibrary {
 public:
  /// `given`: the value of kLibrary, or empty. Throws Errc::not_found: what was tried, and the
  /// advice.
  explicit VendorLibrary(const VendorLibraryInfo& info, std::string_view given = {});

  /// Sets `function` to the library's function of that name. Throws Errc::unsupported without one.
  template <class Function>
  void require(const char* symbol, Function*& function) const {
    find(symbol, function);
    if (!function) refuse(symbol);
  }

  /// The same; null without one.
  template <class Function>
  void find(const char* symbol, Function*& function) const {
    function = reinterpret_cast<Function*>(library_.find(symbol));
  }

  const std::string& file() const { return file_; }

 private:
  VendorLibrary(const VendorLibraryInfo& info, std::pair<std::string, SharedLibrary> loaded);
  [[noreturn]] void refuse(const char* symbol) const;

  std::string_view title_;
  std::string file_;
  SharedLibrary library_;
};

/// "CANSUITE_KVASER_LIBRARY"
std::string library_variable(const VendorLibraryInfo& info);

/// Words for a code of a vendor.
struct CodeWords {
  std::int64_t code;
  std::string_view words;
};

/// The words for `code`; empty: unknown.
std::string_view find_words(std::span<const CodeWords> table, std::int64_t code);

}  // namespace can
