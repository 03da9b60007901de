// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace can::web {

/// A file of the page; CMake compiles it in.
struct Asset {
  std::string_view path;  ///< of requests: "/page.js"
  std::string_view type;  ///< Content-Type
  std::string_view text;
};

std::span<const Asset> assets();

}  // namespace can::web
