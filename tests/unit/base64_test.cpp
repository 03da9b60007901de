// SPDX-License-Identifier: MIT
#include "formats/support/base64.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace can;

namespace {

std::string encoded(std::string_view text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  std::string out(base64_size(bytes.size()), '?');
  CHECK(put_base64(out.data(), bytes) == out.data() + out.size());
  return out;
}

std::ptrdiff_t decoded_size(std::string_view text, std::size_t room = 64) {
  std::array<std::uint8_t, 64> bytes{};
  return parse_base64(text, std::span(bytes).first(room));
}

}  // namespace

TEST_CASE("base64 of RFC 4648") {
  CHECK(encoded("").empty());
  CHECK(encoded("f") == "Zg==");
  CHECK(encoded("fo") == "Zm8=");
  CHECK(encoded("foo") == "Zm9v");
  CHECK(encoded("foob") == "Zm9vYg==");
  CHECK(encoded("fooba") == "Zm9vYmE=");
  CHECK(encoded("foobar") == "Zm9vYmFy");
}

TEST_CASE("base64 gives every byte back, at every place and length") {
  for (std::size_t size = 0; size <= 64; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (int start = 0; start < 256; start += 5) {
      for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(start) + i * 7);
      std::string text(base64_size(size), '?');
      put_base64(text.data(), bytes);
      std::vector<std::uint8_t> back(size);
      REQUIRE(parse_base64(text, back) == static_cast<std::ptrdiff_t>(size));
      REQUIRE(back == bytes);
    }
  }
}

TEST_CASE("what is no base64, and what doesn't fit") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9vY", "=Zg=", "Zg=a", "Z===", "====", "Zm 9",
                           "Zm\n9", "Zm-_", "Zm9\xFF", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK(decoded_size(text) == -1);
  }
  CHECK(decoded_size("Zm9v", 3) == 3);
  CHECK(decoded_size("Zm9v", 2) == -1);
}
