// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace can {

/// Option values by name, as the user wrote them: {"port", "43113"}.
using OptionValues = std::map<std::string, std::string, std::less<>>;

/// What the values of an option are.
enum class OptionKind {
  flag,      ///< true or false, and their synonyms (parse_bool)
  number,    ///< whole, from Option::min to Option::max; decimal, or hexadecimal behind 0x
  fraction,  ///< from 0 to below 1, such as 0.875
  duration,  ///< such as 500ms or 2h; a bare number counts seconds; from Option::min to max
  word,      ///< one of Option::words
  text,
};

/// What a program sets an option for, without knowing the option's name.
enum class OptionRole {
  none,
  reconnect,       ///< a flag: the bus survives the loss of its device
  wait,            ///< a flag: the bus waits for a device that is missing when the bus is opened
  listen_only,     ///< a flag or word: the controller sends nothing, acknowledgements included
  local_loopback,  ///< a flag: other programs of this host receive the sent messages
  error_mask,      ///< a number: the error frames to receive, as in linux/can/error.h
};

/// An option that an interface or a log format declares. The command line, --list-interfaces,
/// --list-formats and the check of values all read the declaration.
struct Option {
  std::string_view name;  ///< lower case: -o NAME=VALUE of an interface, --NAME of a format
  std::string_view help;  ///< a phrase without the values and the preset
  OptionKind kind = OptionKind::text;  ///< what values it takes
  std::string_view preset{};           ///< the value where the user gives none; empty: no value
  std::string_view unset{};  ///< for people: what holds without a value, where preset is empty
  std::int64_t min = 0;      ///< of a number: the least value; of a duration: the same in ns
  std::int64_t max = 0;      ///< the greatest value; 0 of a duration: any
  std::span<const std::string_view> words{};  ///< of a word
  OptionRole role = OptionRole::none;         ///< for programs that run unattended
  std::string_view yes = "true";  ///< of a role that is no number: the value that means it
  std::string_view no = "false";  ///< and the value that means its contrary
  char letter = '\0';             ///< of a format's option, its short form: 't' for -t; 0: none
};

/// The values that the option takes, for a usage line: "1-65535", "auto|4|5", "true|false".
std::string value_syntax(const Option& option);

/// The preset, or what holds without a value; empty where the declaration says neither.
std::string_view preset_text(const Option& option);

/// Throws Errc::invalid: "option 'port': expected a number from 1 to 65535, got 'x'".
void check_value(const Option& option, std::string_view value);

/// Checks names and values. `owner` begins the error: "interface 'virtual'".
/// Throws Errc::invalid.
void check_options(const OptionValues& values, std::span<const Option> declared,
                   std::string_view owner);

/// Whether the user gave a value.
bool is_set(const OptionValues& values, const Option& option);

/// The value of the option, or its preset. Throws Errc::invalid as check_value() does. Each is for
/// an option of that kind; without value and preset: false, 0, 0, zero, empty.
bool flag_of(const OptionValues& values, const Option& option);
std::int64_t number_of(const OptionValues& values, const Option& option);        ///< of a number
std::uint32_t thousandths_of(const OptionValues& values, const Option& option);  ///< of a fraction
/// Of a duration.
std::chrono::nanoseconds duration_of(const OptionValues& values, const Option& option);
std::string_view text_of(const OptionValues& values, const Option& option);  ///< of a word, too

}  // namespace can
