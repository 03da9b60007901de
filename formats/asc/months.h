// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace can::asc {

/// The month, 1-12, with this name, full or abbreviated, in many languages, in UTF-8 or any code
/// page. `weekday` ("" for none) tells languages apart. 0 for another word, and for a name of
/// different months in different languages.
int month_named(std::string_view name, std::string_view weekday);

}  // namespace can::asc
