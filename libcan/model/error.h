// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace can {

/// What kind of thing went wrong: what a caller can act on. The text says the rest.
enum class Errc {
  invalid,      ///< an option, a frame or a filter that can't be understood
  not_found,    ///< no such file, interface, channel or vendor library
  unsupported,  ///< understood, but this driver or format can't do it
  io,           ///< the operating system or the device refused
  corrupt,      ///< a log or a packet that breaks its own format
  closed,       ///< whoever read our output has gone: not an error to those who write to a pipe
};

/// The one exception the library throws. what() is one line, without a full stop, starting with
/// where: "drive.asc:1042: expected an arbitration id, got 'xyz'".
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& text) : std::runtime_error(text), code_(code) {}
  Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

/// Throws Error(code) with a formatted text.
template <class... Args>
[[noreturn]] void fail(Errc code, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(code, fmt::format(text, std::forward<Args>(args)...));
}

/// Throws Errc::corrupt "expected <what>, got '<got>'", `got` as quote() shows it.
[[noreturn]] void fail_expected(std::string_view what, std::string_view got);

/// Throws `error` again with where it happened in front: "<where>: <what>".
[[noreturn]] void fail_at(std::string_view where, const Error& error);

/// Throws Errc::io "<where>: <strerror of error_number>"; not_found where that is ENOENT or ENODEV,
/// closed where it is EPIPE.
[[noreturn]] void fail_errno(std::string_view where, int error_number);

/// `text` in single quotes for an error text: cut at 40 characters, unprintable bytes as \xNN.
std::string quote(std::string_view text);

/// How many letters have to be added, dropped or changed to make `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean 'socketcan'?" for the one of `known` (a range of names) that is at most two
/// letters away from `word`; else "".
template <class Range>
std::string did_you_mean(std::string_view word, const Range& known) {
  for (std::size_t distance : {1, 2})
    for (std::string_view name : known)
      if (edit_distance(word, name) == distance) return fmt::format("; did you mean '{}'?", name);
  return {};
}

}  // namespace can
