// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/ixxat/abi.h"
#include "libcan/platform/vendor_library.h"

namespace can::ixxat {

extern const VendorLibraryInfo kLibraryInfo;

/// VCI, loaded and initialized.
struct Library : Functions {
  /// Throws Errc::not_found, Errc::unsupported, Errc::io.
  explicit Library(std::string_view given);

  /// The devices that are there. Throws Errc::io.
  std::vector<DeviceInfo> find() const;

  VendorLibrary file;
};

/// The text of an error: "the transmit queue is full (code E0010013h)".
std::string words_of(Result result);

/// Throws Errc::io for an error: "can't <what>: <words>".
void check(Result result, std::string_view what);

/// The text of a field that may lack its end.
template <std::size_t size>
std::string text_in(const char (&field)[size]) {
  const std::string_view whole(&field[0], size);
  return std::string(whole.substr(0, whole.find('\0')));
}

}  // namespace can::ixxat
