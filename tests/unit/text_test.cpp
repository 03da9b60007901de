// SPDX-License-Identifier: MIT
// Numbers in text: what is read or written by words of eight characters is what is read or written
// one by one.

#include <catch2/catch.hpp>
#include <cstdio>
#include <optional>

#include "formats/support/put_text.h"
#include "formats/support/scanner.h"
#include "libcan/model/hex.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

struct Seconds {
  std::optional<std::chrono::nanoseconds> value;
  std::size_t taken = 0;
  bool operator==(const Seconds&) const = default;
};

/// With `behind` it, which makes it long enough to be read the quick way.
Seconds seconds(const std::string& text, std::string_view behind = "") {
  const std::string line = text + std::string(behind);
  Scanner scanner(line);
  std::chrono::nanoseconds value;
  if (!scanner.read_seconds(value)) return {};
  return {value, line.size() - scanner.rest().size()};
}

}  // namespace

TEST_CASE("seconds are the same near the end of a line and far from it", "[text]") {
  for (const char* whole : {"", "0", "7", "12", "1234567", "12345678", "123456789", "1700000000",
                            "9223372035", "9223372036", "9999999999", "12345678901", "-1", "+3"})
    for (const char* rest : {"", ".", ".0", ".5", ".000203", ".1234567", ".12345678", ".123456789",
                             ".1234567899", ".12345678901", ",5", "x"}) {
      const std::string text = std::string(whole) + rest;
      CAPTURE(text);
      const Seconds expected = seconds(text);
      CHECK(seconds(text, ") can0 123#DEADBEEF00112233") == expected);
      CHECK(seconds(text, "  1  2F4             Rx   d") == expected);
    }
  CHECK(seconds("1700000000.000203", ") can0 123#DEADBEEF") == Seconds{1700000000000203us, 17});
  CHECK(seconds("0.5", " 1  2F4             Rx   d") == Seconds{500ms, 3});
  CHECK(!seconds("9223372036.000000", ") can0 123#DEADBEEF").value);
}

TEST_CASE("whole numbers are the same near the end of a line and far from it", "[text]") {
  for (const std::string text : {"", "0", "7", "12", "0123", "291", "1234567", "12345678",
                                 "123456789", "536870911", "1844674407370955161"})
    for (const std::uint64_t limit : {std::uint64_t{64}, std::uint64_t{536'870'911}, UINT64_MAX})
      for (const char* behind : {"", ",", ",\"length\":8,\"data\":", "x23456789"}) {
        const std::string line = text + behind;
        CAPTURE(line, limit);
        Scanner scanner(line);
        std::uint64_t value = 0;
        const std::uint64_t expected = text.empty() ? 0 : std::stoull(text);
        REQUIRE(scanner.read_decimal(value, limit) == (!text.empty() && expected <= limit));
        if (text.empty() || expected > limit) continue;
        CHECK(value == expected);
        CHECK(scanner.rest() == behind);
      }
}

TEST_CASE("a literal is taken only as a whole", "[text]") {
  const auto takes = [](std::string_view text, auto& literal) {
    Scanner scanner(text);
    const bool taken = scanner.accept(literal);
    CHECK(scanner.rest() == (taken ? text.substr(sizeof literal - 1) : text));
    return taken;
  };
  const auto check = [&](auto& literal) {
    const std::string text(literal);
    CHECK(takes(text, literal));
    CHECK(takes(text + "more", literal));
    CHECK_FALSE(takes(text.substr(0, text.size() - 1), literal));
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::string wrong = text;
      wrong[at] ^= 1;
      CHECK_FALSE(takes(wrong, literal));
    }
  };
  check("1");
  check("1234567");
  check("12345678");
  check("123456789");
  check("1234567890123456");
  check("12345678901234567890123");
}

TEST_CASE("bytes of two digits, with blanks and without", "[text]") {
  const std::string plain = "00ff7FA5", spaced = "00 ff 7F A5";
  const std::array<std::uint8_t, 4> expected{0, 0xFF, 0x7F, 0xA5};
  std::array<std::uint8_t, 4> bytes;
  CHECK((get_hex(plain, bytes) && bytes == expected));
  CHECK((get_hex_spaced(spaced, bytes) && bytes == expected));
  CHECK((get_hex("", {}) && get_hex_spaced("", {})));
  CHECK(!get_hex(plain.substr(0, 7), bytes));
  CHECK(!get_hex_spaced(spaced.substr(0, 10), bytes));
  for (std::size_t at = 0; at < spaced.size(); ++at)
    for (char c : {'g', '/', ':', '@', '`', '\0', '\xFF', spaced[at] == ' ' ? '0' : ' '}) {
      std::string wrong = spaced;
      wrong[at] = c;
      CAPTURE(wrong);
      CHECK(!get_hex_spaced(wrong, bytes));
      if (at >= plain.size()) continue;
      wrong = plain;
      wrong[at] = c == '0' ? ' ' : c;
      CHECK(!get_hex(wrong, bytes));
    }
}

TEST_CASE("eight digits are written as one by one, with zeros in front", "[text]") {
  for (std::uint32_t value = 0; value < 100'000'000; value += 1 + value / 97) {
    char wanted[9], written[8];
    std::snprintf(wanted, sizeof wanted, "%08u", static_cast<unsigned>(value));
    CHECK(put_padded<8>(written, value) == written + 8);
    const std::string_view text(written, sizeof written);
    if (text != wanted) FAIL("wrote " << text << " for " << value);
  }
  char written[8];
  put_padded<8>(written, 4'199'999'999);
  CHECK(std::string_view(written, sizeof written) == "99999999");
}

TEST_CASE("a text is copied in blocks, whatever its size", "[text]") {
  for (std::size_t size = 0; size < 3 * kBlock; ++size) {
    const std::string text = std::string(size, 'a') + std::string(kBlock, 'b');
    std::string copy(text.size(), '?');
    const char* const end = put_blocks(copy.data(), std::string_view(text).substr(0, size));
    CHECK(end == copy.data() + size);
    CHECK(copy.substr(0, size) == text.substr(0, size));
    CHECK(copy.substr((size + kBlock - 1) / kBlock * kBlock).find('b') == copy.npos);
  }
}
