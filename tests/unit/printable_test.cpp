// SPDX-License-Identifier: MIT
// Texts of files and peers on their way to a terminal.

#include <catch2/catch.hpp>

#include "cansuite/channel.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/json.h"
#include "libcan/model/utf8.h"
#include "libcan/remote/protocol.h"

using namespace can;

TEST_CASE("what a terminal obeys, or doesn't show, is escaped", "[text]") {
  const std::pair<const char*, const char*> texts[] = {
      {"plain, ä 漢 \xF0\x9F\x9A\x97", "plain, ä 漢 \xF0\x9F\x9A\x97"},
      {"\x1B[31m\n\x7F", R"(\x1b[31m\x0a\x7f)"},
      {"C1 as a character: \xC2\x85 \xC2\x9B;m", R"(C1 as a character: \x85 \x9b;m)"},
      {"C1 as a byte: \x9B;m", R"(C1 as a byte: \x9b;m)"},
      {"C1 in too many bytes: \xE0\x82\x9B", R"(C1 in too many bytes: \x9b)"},
      {"direction \u202e\u2066\u200f\u061c", R"(direction \u202e\u2066\u200f\u061c)"},
      {"no width \u200b\u200d\ufeff\u00ad", R"(no width \u200b\u200d\ufeff\xad)"},
      {"tag \U000E0041", R"(tag \ue0041)"},
      {"Latin-1 \xE4 and a cut character \xE6\xBC", "Latin-1 \xE4 and a cut character \xE6\xBC"}};
  for (const auto& [text, shown] : texts) {
    CAPTURE(text);
    CHECK(escaped(text) == shown);
    CHECK(is_printable(text) == (std::string_view(text) == shown));
    CHECK(is_printable(remote::printable(text)));
    CHECK(Channel(text).name() == shown);
  }
  CHECK(remote::printable("a\xC2\x9B"
                          "b\u202ec") == "a?b?c");
}

TEST_CASE("a quoted text is cut between characters", "[text]") {
  CHECK(quote(std::string(39, 'a') + "ää") == "'" + std::string(39, 'a') + "...'");
  CHECK(quote(std::string(38, 'a') + "ä") == "'" + std::string(38, 'a') + "ä'");
  CHECK_THAT(quote(std::string(41, '\x9B')), Catch::EndsWith("...'"));
}

TEST_CASE("a JSON string keeps every character, and shows those that are hidden", "[text]") {
  const std::string hidden = "\x1B \xC2\x9B \u202e \U000E0041 ä";
  std::string text;
  append_json_string(text, hidden);
  CHECK(text == R"("\u001b \u009b \u202e \udb40\udc41 ä")");
  const std::string object = "{\"a\": " + text + "}";
  JsonObject read(object);
  REQUIRE(read.next());
  CHECK(read.value() == hidden);
}
