// SPDX-License-Identifier: MIT
#include "apps/web/guard.h"

#include <utility>

#include "cansuite/error.h"
#include "libcan/model/ascii.h"
#include "libcan/net/address.h"
#include "libcan/remote/token.h"

namespace can::web {
namespace {

constexpr auto kWrongToken = std::chrono::seconds(1);  // makes guessing slow

bool is_address(const std::string& host) try {
  const remote::Network parsed(host);
  return host.find('/') == host.npos;
} catch (const Error&) {
  return false;
}

std::string host_of(std::string_view field) try {
  return to_lower(remote::parse_endpoint(field, 80).host);
} catch (const Error&) {
  return {};
}

}  // namespace

Guard::Guard(std::string host, std::string token, bool encrypted)
    : host_(to_lower(host)),
      token_(std::move(token)),
      scheme_(encrypted ? "https://" : "http://") {}

bool Guard::knows_host(const http::Request& request) const {
  const std::string host = host_of(request.host);
  return !host.empty() && (host == "localhost" || host == host_ || is_address(host));
}

bool Guard::knows_origin(const http::Request& request) const {
  const std::string_view site = request.fetch_site;
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  return !request.origin ||
         to_lower(*request.origin) == to_lower(std::string(scheme_) + std::string(request.host));
}

bool Guard::knows_token(const http::Request& request) const {
  constexpr std::string_view kBearer = "bearer ";
  if (token_.empty()) return true;
  const std::string_view field = request.authorization;
  return same_word(field.substr(0, kBearer.size()), kBearer) &&
         remote::same_token(trim(field.substr(kBearer.size())), token_);
}

std::optional<http::Response> Guard::refuse(const http::Request& request, bool changes) const {
  using http::text_response;
  if (!knows_host(request))
    return text_response(403,
                         "open the page by the server's address, or by the name that --web has");
  if (!knows_origin(request)) return text_response(403, "not for pages of other sites");
  if (!knows_token(request)) {
    http::Response refusal = text_response(401, "a token is required");
    if (!request.authorization.empty()) refusal.delay = kWrongToken;
    return refusal;
  }
  // A page of another site can send other types without asking.
  if (changes && !same_word(request.content_type, "application/json"))
    return text_response(415, "expected application/json");
  return std::nullopt;
}

}  // namespace can::web
