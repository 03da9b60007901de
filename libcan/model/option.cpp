// SPDX-License-Identifier: MIT
#include "cansuite/option.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "cansuite/config.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

[[noreturn]] void refuse(const Option& option, std::string_view expected, std::string_view value) {
  fail(Errc::invalid, "option '{}': expected {}, got {}", option.name, expected, quote(value));
}

std::string expected_number(const Option& option) {
  return fmt::format("a number from {} to {}", option.min, option.max);
}

std::int64_t parse_number(const Option& option, std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const char *first = text.data() + (hexadecimal ? 2 : 0), *last = text.data() + text.size();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(first, last, value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != last || value < option.min || value > option.max)
    refuse(option, expected_number(option), text);
  return value;
}

std::uint32_t parse_thousandths(const Option& option, std::string_view text) {
  const char* last = text.data() + text.size();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last || !(value >= 0 && value < 1))
    refuse(option, "a number such as 0.875", text);
  return static_cast<std::uint32_t>(std::lround(value * 1000));
}

bool parse_flag(const Option& option, std::string_view text) {
  if (const auto value = parse_bool(text)) return *value;
  refuse(option, "true or false", text);
}

std::chrono::nanoseconds duration_in(const Option& option, std::string_view text) try {
  return parse_duration(text, std::chrono::seconds(1));
} catch (const Error&) {
  refuse(option, "a time such as 60s", text);
}

std::chrono::nanoseconds parse_time(const Option& option, std::string_view text) {
  using std::chrono::nanoseconds;
  const nanoseconds time = duration_in(option, text), min(option.min), max(option.max);
  if (time < min || (max.count() > 0 && time > max))
    refuse(option, fmt::format("a time from {} to {}", to_text(min), to_text(max)), text);
  return time;
}

/// "auto, 4 or 5"
std::string listed(std::span<const std::string_view> words) {
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i)
    all.append(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ").append(words[i]);
  return all;
}

void check_word(const Option& option, std::string_view text) {
  if (std::ranges::find(option.words, text) == option.words.end())
    refuse(option, listed(option.words), text);
}

void check_at(std::string_view owner, const Option& option, std::string_view value) try {
  check_value(option, value);
} catch (const Error& error) {
  fail_at(owner, error);
}

}  // namespace

std::string value_syntax(const Option& option) {
  switch (option.kind) {
    case OptionKind::flag:
      return "true|false";
    case OptionKind::number:
      return fmt::format("{}-{}", option.min, option.max);
    case OptionKind::fraction:
      return "0.0-0.999";
    case OptionKind::duration:
      return "TIME";
    case OptionKind::word:
      return fmt::format("{}", fmt::join(option.words, "|"));
    case OptionKind::text:
      break;
  }
  return "TEXT";
}

std::string_view preset_text(const Option& option) {
  return option.preset.empty() ? option.unset : option.preset;
}

void check_value(const Option& option, std::string_view value) {
  switch (option.kind) {
    case OptionKind::flag:
      return void(parse_flag(option, value));
    case OptionKind::number:
      return void(parse_number(option, value));
    case OptionKind::fraction:
      return void(parse_thousandths(option, value));
    case OptionKind::duration:
      return void(parse_time(option, value));
    case OptionKind::word:
      return check_word(option, value);
    case OptionKind::text:
      return;
  }
}

void check_options(const OptionValues& values, std::span<const Option> declared,
                   std::string_view owner) {
  for (const auto& [name, value] : values) {
    const auto option = std::ranges::find(declared, std::string_view(name), &Option::name);
    if (option != declared.end()) {
      check_at(owner, *option, value);
      continue;
    }
    std::vector<std::string_view> known;
    for (const Option& each : declared) known.push_back(each.name);
    fail(Errc::invalid, "{} has no option {}{}", owner, quote(name), did_you_mean(name, known));
  }
}

bool is_set(const OptionValues& values, const Option& option) {
  return values.find(option.name) != values.end();
}

std::string_view text_of(const OptionValues& values, const Option& option) {
  const auto found = values.find(option.name);
  return found == values.end() ? option.preset : std::string_view(found->second);
}

bool flag_of(const OptionValues& values, const Option& option) {
  const std::string_view text = text_of(values, option);
  return !text.empty() && parse_flag(option, text);
}

std::int64_t number_of(const OptionValues& values, const Option& option) {
  const std::string_view text = text_of(values, option);
  return text.empty() ? 0 : parse_number(option, text);
}

std::uint32_t thousandths_of(const OptionValues& values, const Option& option) {
  const std::string_view text = text_of(values, option);
  return text.empty() ? 0 : parse_thousandths(option, text);
}

std::chrono::nanoseconds duration_of(const OptionValues& values, const Option& option) {
  const std::string_view text = text_of(values, option);
  return text.empty() ? std::chrono::nanoseconds(0) : parse_time(option, text);
}

}  // namespace can
