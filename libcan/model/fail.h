// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

#include "cansuite/error.h"

namespace can {

/// Throws Error(code) with a formatted text.
template <class... Args>
[[noreturn]] void fail(Errc code, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(code, fmt::format(text, std::forward<Args>(args)...));
}

/// Throws Errc::corrupt "expected <what>, got '<got>'", `got` as quote() shows it.
[[noreturn]] void fail_expected(std::string_view what, std::string_view got);

/// Throws `error` again, prefixed with its place: "<where>: <what>".
[[noreturn]] void fail_at(std::string_view where, const Error& error);

/// Throws "<where>: <strerror of error_number>" with Errc::io; Errc::not_found for ENOENT and
/// ENODEV, Errc::closed for EPIPE.
[[noreturn]] void fail_errno(std::string_view where, int error_number);

/// `text` in single quotes for an error text, cut at 40 characters, control characters as \xNN.
std::string quote(std::string_view text);

/// The number of letters to add, drop or change to turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean 'socketcan'?" for the first of `known` (a range of names) at the smallest
/// distance from `word`, at most two letters; else "".
template <class Range>
std::string did_you_mean(std::string_view word, const Range& known) {
  for (std::size_t distance : {1, 2})
    for (std::string_view name : known)
      if (edit_distance(word, name) == distance) return fmt::format("; did you mean '{}'?", name);
  return {};
}

}  // namespace can
