// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

#include "cansuite/formats.h"
#include "cansuite/signals.h"

/// What requests of the page say. All throw Errc::invalid or Errc::corrupt for another text.
namespace can::web {

/// Refuses a query with another name than those.
void check_query(std::string_view query, std::initializer_list<std::string_view> known);

/// {"frame": "123#11", "period": "100ms"}
struct SendRequest {
  std::string frame, period;
};
SendRequest parse_send(std::string_view body);

/// {"number": 3}
std::uint64_t parse_stop(std::string_view body);

/// "seconds=60&format=blf"
struct LogRequest {
  std::chrono::nanoseconds length;
  const Format& format;
};
LogRequest parse_log(std::string_view query);

/// What is typed to choose rows, for the page: {"filters": [{"id": 1, "mask": 2047, "extended":
/// false, "remote": null, "inverted": false}, ...]} of filters as --filter takes them; {"text":
/// "eng"} of any other text.
std::string filters_json(const std::string& text, const signals::Catalog* catalog);

}  // namespace can::web
