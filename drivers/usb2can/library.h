// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "drivers/usb2can/abi.h"
#include "libcan/platform/vendor_library.h"

namespace can::usb2can {

extern const VendorLibraryInfo kLibraryInfo;

/// A CANAL library, loaded.
struct Library : Functions {
  /// Throws Errc::not_found, Errc::unsupported.
  explicit Library(std::string_view given);

  std::string vendor_text() const;  ///< may be empty
  VendorLibrary file;
};

/// The text of a code: "the transmit queue is full (code 21)".
std::string words_of(long code);

/// Throws Errc::io for other codes than 0: "can't <what>: <words>".
void check(long code, std::string_view what);

/// "1.6.0" of 0x000601: VSCP's drivers have the major version in the first byte
std::string version_text(unsigned long version);

}  // namespace can::usb2can
