// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

#include "cansuite/signals.h"
#include "libcan/model/json.h"

namespace can::signals {

enum class TextStyle { csv, json };

inline std::string json_text(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

/// Puts quotes around what is no number, "nan", "inf" and "-inf", for JSON. The text starts behind
/// `at`, where there is room for a quote; returns its end.
inline char* quote_none(char* at, char* end) {
  if (end[-1] >= '0' && end[-1] <= '9') {
    std::memmove(at, at + 1, static_cast<std::size_t>(end - at - 1));
    return end - 1;
  }
  *at = *end = '"';
  return end + 1;
}

/// Writes a value; returns the end. The buffer has room for kLongestValue + 2 characters.
inline char* put_number(char* at, const Value& value, TextStyle style) {
  if (style == TextStyle::csv || value.signal->float_bits == 0) return put_value(at, value);
  return quote_none(at, put_value(at + 1, value));
}

inline char* put_number(char* at, double number, TextStyle style) {
  const auto put = [&](char* start) {
    if (std::isnan(number)) return std::copy_n("nan", 3, start);
    return std::to_chars(start, start + kLongestValue, number).ptr;
  };
  return style == TextStyle::csv ? put(at) : quote_none(at, put(at + 1));
}

}  // namespace can::signals
