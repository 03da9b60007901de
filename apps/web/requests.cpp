// SPDX-License-Identifier: MIT
#include "apps/web/requests.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "apps/json_text.h"
#include "cansuite/filter.h"
#include "libcan/model/ascii.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/net/http_request.h"
#include "libcan/signals/name_filter.h"

namespace can::web {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFormats[] = {".log", ".blf", ".asc"};

std::string optional_bool(const std::optional<bool>& value) {
  return !value ? "null" : *value ? "true" : "false";
}

std::string json_of(const Filter& filter) {
  return cli::JsonText()
      .add("id", std::uint64_t{filter.id})
      .add("mask", std::uint64_t{filter.mask})
      .add_raw("extended", optional_bool(filter.extended))
      .add_raw("remote", optional_bool(filter.remote))
      .add("inverted", filter.inverted)
      .object();
}

/// A filter has a mask, is the name of a message, or the word for a kind of frame; a lone id is a
/// text that rows contain.
bool is_filter(const std::string& given, const std::string& with_ids) {
  constexpr std::string_view kKinds[] = {"standard", "extended", "data", "remote"};
  return with_ids != given || given.find_first_of(":~") != given.npos ||
         std::ranges::find(kKinds, given) != std::end(kKinds);
}

[[noreturn]] void refuse_name(std::string_view name, std::string_view known) {
  fail(Errc::invalid, "unknown name {}; known: {}", quote(name), known);
}

}  // namespace

void check_query(std::string_view query, std::initializer_list<std::string_view> known) {
  if (const std::string_view name = http::unknown_parameter(query, known); !name.empty())
    refuse_name(name, fmt::format("{}", fmt::join(known, ", ")));
}

SendRequest parse_send(std::string_view body) {
  SendRequest request;
  JsonObject object(body);
  while (object.next()) {
    if (object.key() == "frame")
      request.frame = object.value();
    else if (object.key() == "period")
      request.period = object.value();
    else
      refuse_name(object.key(), "frame, period");
  }
  if (request.frame.empty()) fail(Errc::invalid, "expected a frame");
  return request;
}

std::uint64_t parse_stop(std::string_view body) {
  JsonObject object(body);
  std::optional<std::uint64_t> number;
  while (object.next()) {
    const std::string_view value = object.value();
    if (object.key() != "number") refuse_name(object.key(), "number");
    std::uint64_t parsed = 0;
    if (is_number(value) &&
        std::from_chars(value.data(), value.data() + value.size(), parsed).ec == std::errc{})
      number = parsed;
  }
  if (!number) fail(Errc::invalid, "expected a number");
  return *number;
}

LogRequest parse_log(std::string_view query) {
  check_query(query, {"seconds", "format"});
  const std::string length = http::parameter(query, "seconds").value_or("60"),
                    name = "." + http::parameter(query, "format").value_or("log");
  if (std::ranges::find(kFormats, name) == std::end(kFormats))
    fail(Errc::invalid, "expected the format log, blf or asc, got {}", quote(name.substr(1)));
  return {.length = parse_duration(length, 1s), .format = *find_format(name)};
}

std::string filters_json(const std::string& text, const signals::Catalog* catalog) {
  const std::string given(trim(text)),
      with_ids = catalog ? signals::with_ids(given, *catalog) : given;
  if (!is_filter(given, with_ids)) return cli::JsonText().add("text", given).object();
  std::vector<std::string> filters;
  for (const Filter& filter : parse_filters(std::span(&with_ids, 1)))
    filters.push_back(json_of(filter));
  return cli::JsonText().add_raw("filters", cli::json_array(filters)).object();
}

}  // namespace can::web
