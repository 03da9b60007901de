// SPDX-License-Identifier: MIT
// Source: RFC 9112 (HTTP/1.1), RFC 9110, section 5 (fields) and 8.6 (Content-Length).
#include "libcan/net/http_request.h"

#include <algorithm>
#include <charconv>

#include "libcan/model/ascii.h"
#include "libcan/model/hex.h"

namespace can::http {
namespace {

constexpr int kBadRequest = 400, kTooLarge = 413, kLongTarget = 414, kLongHead = 431,
              kNotImplemented = 501, kWrongVersion = 505;
constexpr std::size_t kMaxTarget = 1024;

/// The characters of methods and names of headers.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || kMarks.find(c) != kMarks.npos;
  });
}

/// Text without control characters, but for tabs.
bool is_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

/// Takes the next line off `text`, without its end; none where it has no end yet.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  text.remove_prefix(end + 1);
  return line;
}

/// Reads "GET /log?seconds=60 HTTP/1.1". Returns the refusal; 0: none.
int read_first_line(std::string_view line, Request& request) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == line.npos || first == last) return kBadRequest;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  request.method = line.substr(0, first);
  const bool visible = std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F; });
  if (!is_token(request.method) || !target.starts_with('/') || !visible) return kBadRequest;
  if (target.size() > kMaxTarget) return kLongTarget;
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return version.starts_with("HTTP/") ? kWrongVersion : kBadRequest;
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(mark + 1, target.size()));
  return 0;
}

/// The headers that count.
struct Fields {
  Request& request;
  std::optional<std::size_t> length{};

  int read(std::string_view line) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    if (colon == line.size() || !is_token(name)) return kBadRequest;
    const std::string_view value = trim(line.substr(colon + 1), " \t");
    return is_value(value) ? take(name, value) : kBadRequest;
  }

 private:
  int take(std::string_view name, std::string_view value) {
    if (same_word(name, "transfer-encoding")) return kNotImplemented;
    if (same_word(name, "content-length")) return take_length(value);
    if (same_word(name, "host")) return take_once(request.host, value);
    if (same_word(name, "authorization")) return take_once(request.authorization, value);
    if (same_word(name, "content-type")) return take_once(request.content_type, value);
    if (same_word(name, "sec-fetch-site")) return take_once(request.fetch_site, value);
    if (!same_word(name, "origin")) return 0;
    if (request.origin) return kBadRequest;
    request.origin = value;
    return 0;
  }

  static int take_once(std::string_view& field, std::string_view value) {
    if (!field.empty() || value.empty()) return kBadRequest;
    field = value;
    return 0;
  }

  int take_length(std::string_view value) {
    std::size_t number = 0;
    if (length || !is_number(value)) return kBadRequest;
    if (std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc{} ||
        number > kMaxBody)
      return kTooLarge;
    length = number;
    return 0;
  }
};

/// A byte behind a '%'; negative where there are no two digits.
int decoded_byte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Takes the next "seconds=60" off `query`.
std::string_view take_pair(std::string_view& query) {
  const std::size_t end = std::min(query.find('&'), query.size());
  const std::string_view pair = query.substr(0, end);
  query.remove_prefix(std::min(end + 1, query.size()));
  return pair;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int byte = decoded_byte(text, i);
    if (byte < 0) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

}  // namespace

Reading read_request(std::string_view input) {
  std::string_view rest = input;
  Request request;
  Fields fields{request};
  const auto unfinished = [&] {
    return Reading{.refusal = input.size() > kMaxHead ? kLongHead : 0};
  };
  const auto first = take_line(rest);
  if (!first) return unfinished();
  if (const int refusal = read_first_line(*first, request)) return {.refusal = refusal};
  for (;;) {
    const auto line = take_line(rest);
    if (!line) return unfinished();
    if (line->empty()) break;
    if (const int refusal = fields.read(*line)) return {.refusal = refusal};
  }
  if (input.size() - rest.size() > kMaxHead) return {.refusal = kLongHead};
  if (request.host.empty()) return {.refusal = kBadRequest};
  const std::size_t length = fields.length.value_or(0);
  if (rest.size() < length) return {};
  request.body = rest.substr(0, length);
  return {.request = request};
}

std::string_view unknown_parameter(std::string_view query,
                                   std::initializer_list<std::string_view> known) {
  while (!query.empty()) {
    const std::string_view pair = take_pair(query), name = pair.substr(0, pair.find('='));
    if (std::ranges::find(known, name) == known.end()) return name;
  }
  return {};
}

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = take_pair(query);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return decoded(pair.substr(name.size() + 1));
  }
  return std::nullopt;
}

}  // namespace can::http
