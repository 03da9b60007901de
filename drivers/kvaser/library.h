// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "drivers/kvaser/abi.h"
#include "libcan/platform/vendor_library.h"

namespace can::kvaser {

extern const VendorLibraryInfo kLibraryInfo;

/// CANLIB, loaded and initialized.
struct Library : Functions {
  /// Throws Errc::not_found, Errc::unsupported.
  explicit Library(std::string_view given);

  /// "Kvaser's CANLIB 8.49, libcanlib.so.1"
  std::string description() const;

  VendorLibrary file;
};

/// The text of an error code: "the transmit queue is full (code -13)".
std::string words_of(Status status);

/// Returns `status` where it is no error. Throws Errc::io otherwise, Errc::not_found for a missing
/// channel: "can't <what>: <words>".
Status check(Status status, std::string_view what);

}  // namespace can::kvaser
