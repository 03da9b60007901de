// SPDX-License-Identifier: MIT
#include "libcan/fleet/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "libcan/model/fail.h"
#include "libcan/model/utf8.h"

namespace can::fleet {
namespace {

constexpr std::string_view kPlain = "mqtt://", kEncrypted = "mqtts://";
constexpr std::uint16_t kPlainPort = 1883, kEncryptedPort = 8883;
constexpr std::size_t kMaxTopic = 200;  // leaves room for names of files made of it

/// Takes the first level from `rest`.
std::string_view next_level(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view level = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return level;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_level(std::string_view level, Wildcards wildcards) {
  if (level == "+") return wildcards == Wildcards::allow;
  return !level.empty() && level.find_first_of("+#") == level.npos && is_utf8(level) &&
         is_printable(level);
}

bool is_topic(std::string_view topic, Wildcards wildcards) {
  if (topic.empty() || topic.size() > kMaxTopic || topic[0] == '$' || topic.back() == '/')
    return false;
  while (!topic.empty())
    if (!is_level(next_level(topic), wildcards)) return false;
  return true;
}

std::string complaint(std::string_view what) {
  return fmt::format("{}: expected an address such as mqtts://broker.example.org/fleet/car17",
                     quote(what));
}

}  // namespace

std::string Url::text() const {
  return fmt::format("{}{}/{}", tls ? kEncrypted : kPlain, to_string(broker), topic);
}

bool is_url(std::string_view text) {
  return text.starts_with(kPlain) || text.starts_with(kEncrypted);
}

Url parse_url(std::string_view text, Wildcards wildcards) {
  Url url;
  if (!is_url(text)) fail(Errc::invalid, "{}", complaint(text));
  url.tls = text.starts_with(kEncrypted);
  const std::string_view rest = text.substr((url.tls ? kEncrypted : kPlain).size());
  const std::size_t slash = rest.find('/');
  const std::string_view host = rest.substr(0, slash);
  if (host.find('@') != host.npos)
    fail(Errc::invalid,
         "a name and password on the command line can be seen by every user; a file has them");
  if (slash == rest.npos || host.empty()) fail(Errc::invalid, "{}", complaint(text));
  url.broker = remote::parse_endpoint(host, url.tls ? kEncryptedPort : kPlainPort);
  if (url.broker.port == 0) fail(Errc::invalid, "{}", complaint(text));
  url.topic = rest.substr(slash + 1);
  if (!is_topic(url.topic, wildcards))
    fail(Errc::invalid, "{}: expected a topic such as fleet/car17{}, got {}", text,
         wildcards == Wildcards::allow ? " or fleet/+" : ", without wildcards", quote(url.topic));
  return url;
}

bool is_this_machine(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (host == "localhost") return true;
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6) != 0;
}

}  // namespace can::fleet
