// SPDX-License-Identifier: MIT
#include "libcan/net/http_request.h"

#include <catch2/catch.hpp>
#include <string>

using namespace can::http;

namespace {

int refusal(const std::string& input) { return read_request(input).refusal; }

std::string head(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

}  // namespace

TEST_CASE("a request of HTTP is read", "[web]") {
  const std::string input =
      "POST /send?a=b HTTP/1.1\r\nHost: localhost:8080\r\norigin:  http://x \r\n"
      "Content-Type: application/json\r\nAuthorization: Bearer t\r\nSec-Fetch-Site: none\r\n"
      "Content-Length: 4\r\nAccept: */*\r\n\r\n{  }GET";
  const Reading reading = read_request(input);
  REQUIRE(reading.request);
  CHECK(reading.refusal == 0);
  const Request& request = *reading.request;
  CHECK(request.method == "POST");
  CHECK(request.path == "/send");
  CHECK(request.query == "a=b");
  CHECK(request.host == "localhost:8080");
  CHECK(request.origin == "http://x");
  CHECK(request.content_type == "application/json");
  CHECK(request.authorization == "Bearer t");
  CHECK(request.fetch_site == "none");
  CHECK(request.body == "{  }");
  for (std::size_t size = 0; size + 3 < input.size(); ++size) {
    const Reading part = read_request(std::string_view(input).substr(0, size));
    CHECK(part.refusal == 0);
    CHECK_FALSE(part.request);
  }
}

TEST_CASE("lines of a request may end in a newline alone", "[web]") {
  CHECK(read_request("GET / HTTP/1.0\nHost: a\n\n").request);
}

TEST_CASE("a request that isn't sound is refused", "[web]") {
  CHECK(refusal("GET /\r\n\r\n") == 400);
  CHECK(refusal("GET  HTTP/1.1\r\n") == 400);
  CHECK(refusal("G(T / HTTP/1.1\r\n") == 400);
  CHECK(refusal("GET http://a/ HTTP/1.1\r\n") == 400);
  CHECK(refusal("GET /\x01 HTTP/1.1\r\n") == 400);
  CHECK(refusal("GET / HTTP/2.0\r\n") == 505);
  CHECK(refusal("GET / SIP/2.0\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == 400);  // no host
  CHECK(refusal(head("Host: b\r\n")) == 400);
  CHECK(refusal(head("X Y: 1\r\n")) == 400);
  CHECK(refusal(head("X : 1\r\n")) == 400);
  CHECK(refusal(head(": 1\r\n")) == 400);
  CHECK(refusal(head("X\r\n")) == 400);
  CHECK(refusal(head("X: 1\r\n Y: 2\r\n")) == 400);  // folded
  CHECK(refusal(head("X: \x01\r\n")) == 400);
  CHECK(refusal(head("Origin: a\r\nOrigin: a\r\n")) == 400);
  CHECK(refusal(head("Content-Length: -1\r\n")) == 400);
  CHECK(refusal(head("Content-Length: 1\r\nContent-Length: 1\r\n")) == 400);
  CHECK(refusal(head("Content-Length: 1, 1\r\n")) == 400);
  CHECK(refusal(head("Transfer-Encoding: chunked\r\n")) == 501);
}

TEST_CASE("sizes of a request have limits", "[web]") {
  CHECK(refusal("GET /" + std::string(1023, 'a') + " HTTP/1.1\r\n") == 0);
  CHECK(refusal("GET /" + std::string(1024, 'a') + " HTTP/1.1\r\n") == 414);
  CHECK(refusal(head("Content-Length: 4096\r\n")) == 0);
  CHECK(refusal(head("Content-Length: 4097\r\n")) == 413);
  CHECK(refusal(head("Content-Length: 99999999999999999999999\r\n")) == 413);
  const std::size_t rest = kMaxHead - head("X: \r\n").size();
  CHECK(read_request(head("X: " + std::string(rest, 'a') + "\r\n")).request);
  CHECK(refusal(head("X: " + std::string(rest + 1, 'a') + "\r\n")) == 431);
  CHECK(refusal("GET / HTTP/1.1\r\nX: " + std::string(kMaxHead, 'a')) == 431);
  CHECK(refusal(std::string(kMaxHead + 1, 'a')) == 431);
}

TEST_CASE("parameters of a query are decoded", "[web]") {
  CHECK(parameter("seconds=60&format=blf", "format") == "blf");
  CHECK(parameter("text=a%3a7FF+b%20c", "text") == "a:7FF b c");
  CHECK(parameter("text=", "text") == "");
  CHECK(parameter("text=%", "text") == std::nullopt);
  CHECK(parameter("text=%1", "text") == std::nullopt);
  CHECK(parameter("text=%zz", "text") == std::nullopt);
  CHECK(parameter("texts=1&x=text=2", "text") == std::nullopt);
  CHECK(parameter("", "text") == std::nullopt);
}
