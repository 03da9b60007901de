// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "libcan/net/http_server.h"

namespace can::web {

/// Who may ask for what: the checks before a request is looked at. For any thread.
class Guard {
 public:
  /// `host`: the name that the page may be opened by, besides localhost and addresses. `token`: "":
  /// none is required.
  Guard(std::string host, std::string token, bool encrypted);

  /// Whether the request names this server, as no page of another site can make a browser do, even
  /// with a name of its own that leads to this address (DNS rebinding).
  bool knows_host(const http::Request& request) const;
  /// Whether it comes from our page, or from no page.
  bool knows_origin(const http::Request& request) const;
  /// Whether it has the token, if one is required.
  bool knows_token(const http::Request& request) const;

  /// The refusal of a request for data, or with `changes` of one that does something; none: it is
  /// granted.
  std::optional<http::Response> refuse(const http::Request& request, bool changes) const;

 private:
  const std::string host_, token_;
  const std::string_view scheme_;
};

}  // namespace can::web
