// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/neovi/abi.h"
#include "libcan/platform/vendor_library.h"

namespace can::neovi {

extern const VendorLibraryInfo kLibraryInfo;

/// Intrepid's library, loaded.
struct Library : Functions {
  /// Throws Errc::not_found, Errc::unsupported.
  explicit Library(std::string_view given);

  /// The devices that are there, of the types (bits) that are wanted. Throws Errc::io.
  std::vector<NeoDeviceEx> find(std::uint32_t types) const;

  /// A handle of the device; null: it can't be opened.
  void* open(NeoDeviceEx& device) const;

  /// The code of the latest error of a handle; 0: unknown.
  unsigned long error_of(void* handle) const;

  /// The text of a code: "the device doesn't answer (code 75)".
  std::string words_of(unsigned long code) const;

  VendorLibrary file;
};

/// "V12345" as the device has it printed on it; a small or large number is decimal.
std::string serial_text(std::int32_t serial);

/// "neoVI FIRE 2 CY1234"
std::string describe(const NeoDevice& device);

}  // namespace can::neovi
