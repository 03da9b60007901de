// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace can::remote {

/// Files in PEM; an empty name: none.
struct TlsFiles {
  std::string certificate;  ///< of this side, with the chain behind it
  std::string key;          ///< of this side
  std::string authorities;  ///< that sign the other side's certificates

  /// Whether a file is named.
  bool any() const { return !certificate.empty() || !key.empty() || !authorities.empty(); }
};

}  // namespace can::remote
