// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can::remote {

/// The token of a file: its first line, 1 to 255 bytes. Throws Errc::not_found, Errc::io,
/// Errc::invalid.
std::string read_token(const std::string& path);

/// Compares in a time that doesn't depend on the number of equal bytes.
bool same_token(std::string_view a, std::string_view b);

}  // namespace can::remote
