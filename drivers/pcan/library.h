// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "drivers/pcan/abi.h"
#include "libcan/platform/vendor_library.h"

namespace can::pcan {

extern const VendorLibraryInfo kLibraryInfo;

/// PCAN-Basic, loaded.
struct Library : Functions {
  /// Throws Errc::not_found, Errc::unsupported.
  explicit Library(std::string_view given);

  /// "PCAN-Basic 4.10.0.4, libpcanbasic.so"
  std::string description() const;

  /// Sets a parameter of 32 bits. Returns the status.
  Status set(Handle channel, std::uint8_t parameter, std::uint32_t value) const;
  /// A parameter of 32 bits; 0 where it can't be had.
  std::uint32_t get(Handle channel, std::uint8_t parameter) const;
  std::string get_text(Handle channel, std::uint8_t parameter) const;

  VendorLibrary file;
};

/// The words for each bit of a status: "the transmit queue is full (code 80h)".
std::string words_of(Status status);

/// Throws Errc::io for an error, Errc::not_found for a missing channel: "can't <what>: <words>".
void check(Status status, std::string_view what);

}  // namespace can::pcan
