// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "drivers/nican/abi.h"
#include "libcan/platform/vendor_library.h"

namespace can::nican {

extern const VendorLibraryInfo kLibraryInfo;

/// NI-CAN, loaded.
struct Library : Functions {
  /// Throws Errc::not_found, Errc::unsupported.
  explicit Library(std::string_view given);

  /// The text of an error or a warning: "the bit rate isn't valid (ncConfig, code BFF62124h)".
  std::string words_of(Status status, std::string_view function) const;

  /// Throws Errc::io for an error: "can't <what>: <words>". A warning is none.
  void check(Status status, std::string_view what, std::string_view function) const;

  VendorLibrary file;
};

}  // namespace can::nican
