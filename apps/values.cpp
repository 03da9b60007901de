// SPDX-License-Identifier: MIT
#include "apps/values.h"

#include <charconv>

#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

/// The error of `parse`; "": none.
template <class Parse>
std::string complaint_of(Parse parse) {
  try {
    parse();
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

template <class Check>
CLI::Validator validator(Check check) {
  return {check, "", ""};  // the help describes the values itself
}

}  // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t limit) {
  return validator([=](std::string& text) -> std::string {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec == std::errc::result_out_of_range)
      return fmt::format("expected a smaller number, got {}", quote(text));
    if (parsed.ec != std::errc{} || parsed.ptr != end || number < least || number > limit)
      return limit == UINT64_MAX
                 ? fmt::format("expected a number of at least {}, got {}", least, quote(text))
                 : fmt::format("expected a number from {} to {}, got {}", least, limit,
                               quote(text));
    text = std::to_string(number);  // CLI11 would read 010 as 8
    return {};
  });
}

CLI::Validator time_span(std::chrono::nanoseconds unit, Zero zero) {
  return validator([=](const std::string& text) {
    return complaint_of([&] {
      if (parse_duration(text, unit).count() == 0 && zero == Zero::refused)
        fail(Errc::invalid, "expected a time above 0, got {}", quote(text));
    });
  });
}

CLI::Validator byte_size() {
  return validator([](const std::string& text) { return complaint_of([&] { parse_size(text); }); });
}

}  // namespace can::cli
