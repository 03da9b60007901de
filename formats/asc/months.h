// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace can::asc {

/// The month, 1-12, with this name in full or abbreviated, in the words of many languages, in UTF-8
/// or any code page. `weekday`, "" where there is none, tells languages apart. 0 for what is no
/// month, or another one in another language.
int month_named(std::string_view name, std::string_view weekday);

}  // namespace can::asc
