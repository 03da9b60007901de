// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// The server's side of HTTP/1.1, as far as a page of our own needs it: one request for each
/// connection, GET, HEAD and POST, bodies of a known length.
namespace can::http {

inline constexpr std::size_t kMaxHead = 8192;  ///< bytes of the request line and the headers
inline constexpr std::size_t kMaxBody = 4096;  ///< bytes

/// A request; the views point into the input that it was read from.
struct Request {
  std::string_view method{};                 ///< "GET", "POST"; any other token, too
  std::string_view path{};                   ///< "/log", as sent, before any '?'
  std::string_view query{};                  ///< behind the '?'; may be empty
  std::string_view host{};                   ///< the header Host; never empty
  std::optional<std::string_view> origin{};  ///< Origin
  std::string_view authorization{};          ///< Authorization
  std::string_view content_type{};           ///< Content-Type
  std::string_view fetch_site{};             ///< Sec-Fetch-Site
  std::string_view body{};                   ///< at most kMaxBody bytes
};

/// What the bytes of a client are so far.
struct Reading {
  /// 0: more bytes are needed, or the request is complete; else the status to refuse it with.
  int refusal = 0;
  std::optional<Request> request{};  ///< set once it is complete
};

/// Reads the request at the start of `input`. Bytes behind it are ignored. Refuses what RFC 9112
/// lets a server refuse, before the end of the request: other versions, bad names of headers,
/// folded lines, a body of unknown or double length, sizes above the limits.
Reading read_request(std::string_view input);

/// The first name in a query that is none of `known`; "": none.
std::string_view unknown_parameter(std::string_view query,
                                   std::initializer_list<std::string_view> known);

/// The value of a parameter of a query, "seconds=60&format=blf", percent-decoded where it is sound;
/// none if there is none, or its encoding is not sound.
std::optional<std::string> parameter(std::string_view query, std::string_view name);

}  // namespace can::http
