// SPDX-License-Identifier: MIT
// What comes again in a log is read the quick way: the same as if each line stood alone.

#include "formats/support/recurring.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "formats/registry/registry.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

constexpr const char* kBehind[] = {"", ")", ") can0 123#DEADBEEF00112233"};

struct Seconds {
  std::optional<std::chrono::nanoseconds> value;
  std::string rest;
  bool operator==(const Seconds&) const = default;
};

Seconds alone(const std::string& line) {
  Scanner scanner(line);
  std::chrono::nanoseconds value;
  const bool matched = scanner.read_seconds(value);
  return {matched ? std::optional(value) : std::nullopt,
          matched ? std::string(scanner.rest()) : ""};
}

Seconds read(SecondsReader& reader, const std::string& line) {
  Scanner scanner(line);
  std::chrono::nanoseconds value;
  const bool matched = reader.read(scanner, value);
  return {matched ? std::optional(value) : std::nullopt,
          matched ? std::string(scanner.rest()) : ""};
}

std::vector<Message> read_text(std::string_view format, std::string text) {
  const auto log =
      format_named(format).open(memory_source(std::move(text)), {.zone = {.local = false}});
  std::vector<Message> messages(256);
  messages.resize(log->read(messages));
  return messages;
}

}  // namespace

TEST_CASE("a time is the same behind another one and alone", "[text]") {
  std::vector<std::string> times;
  for (const char* whole : {"0", "7", "17", "1700000000", "1700000001", "170000000", "9223372035",
                            "-1", "+3", "", "00000000001700000000"})
    for (const char* rest : {"", ".", ".0", ".5", ".000203", ".12345678", ".123456789",
                             ".1234567899", ".123456789012345", ",5", ".x"})
      times.push_back(std::string(whole) + rest);
  for (const std::string& first : times)
    for (const std::string& second : times)
      for (const char* behind : kBehind) {
        CAPTURE(first, second, behind);
        SecondsReader reader;
        read(reader, first + behind);
        REQUIRE(read(reader, second + behind) == alone(second + behind));
      }
}

TEST_CASE("a text is found as a whole, at the end of a line too", "[text]") {
  for (const std::string text : {"c", "can0 ", "12345678", "123456789", "1234567890123456"}) {
    CAPTURE(text);
    RecurringText known;
    CHECK(known.found(text) == 0);
    known.remember(text);
    for (std::size_t more : {0, 1, 7, 8, 15, 16, 40}) {
      CHECK(known.found(text + std::string(more, 'x')) == text.size());
      for (std::size_t at = 0; at < text.size(); ++at) {
        std::string other = text + std::string(more, 'x');
        other[at] ^= 1;
        CHECK(known.found(other) == 0);
      }
    }
    CHECK(known.found(text.substr(1)) == 0);
  }
  RecurringText known;
  known.remember("12345678901234567");
  CHECK(known.found("12345678901234567890") == 0);
  CHECK(known.found(std::string(32, '\0')) == 0);
}

TEST_CASE("more channels than are remembered, and names that begin with another", "[text]") {
  std::string log;
  for (int line = 0; line < 200; ++line) {
    const int channel = line * 7 % 23;
    const std::string blanks(static_cast<std::size_t>(1 + line % 3), ' ');
    log +=
        fmt::format("(1700000000.{:06}) can{}{}123#00112233{:02X}\n", line, channel, blanks, line);
  }
  const auto messages = read_text("candump", log);
  REQUIRE(messages.size() == 200);
  for (std::size_t line = 0; line < messages.size(); ++line) {
    CAPTURE(line);
    CHECK(messages[line].channel == Channel("can" + std::to_string(line * 7 % 23)));
    CHECK(messages[line].timestamp == 1700000000s + std::chrono::microseconds(line));
    CHECK(messages[line].data[4] == line);
  }
}

TEST_CASE("ASC lines of the usual layout and of others, by turns", "[text]") {
  const std::string lines[] = {
      "   0.100000 1  123             Rx   d 8 00 11 22 33 44 55 66 77\n",
      "   0.100001 1  123             Rx   d 8 00 11 22 33 44 55 66 77  Length = 1 BitCount = 2\n",
      "   0.100002 1 123 Rx d 8 00 11 22 33 44 55 66 77\n",
      "\t0.100003\t1\t123\tRx\td\t8\t00\t11\t22\t33\t44\t55\t66\t77\n",
      "0.100004 1   123 Rx   d 8  00 11 22 33 44 55 66 77\n",
      "0.100005  1  00000123 Rx   d 8 00 11 22 33 44 55 66 77 \r\n",
      "0.1000060 1  123 Rx   d 8 0 11 22 33 44 55 66 77\n"};
  for (const std::string& first : lines)
    for (const std::string& second : lines) {
      CAPTURE(first, second);
      const auto messages = read_text("asc", "base hex  timestamps absolute\n" + first + second);
      REQUIRE(messages.size() == 2);
      for (const Message& m : messages) {
        CHECK((m.id == 0x123 && !m.extended && !m.transmitted && m.channel == Channel("1")));
        CHECK((m.length == 8 && m.data[7] == 0x77));
      }
      CHECK(messages[1].timestamp / 10us == 10000);
    }
}
