// SPDX-License-Identifier: MIT
// Channels in JSON Lines: what was read before speeds reading up, but decides nothing.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cansuite/stream.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

using namespace can;

namespace {

/// What is read of lines with these texts as channels, and how many lines are skipped.
struct Got {
  std::vector<std::string> channels;
  std::uint64_t skipped = 0;
};

Got read(const std::vector<std::string>& channels) {
  std::string text;
  for (const std::string& channel : channels)
    text += R"({"timestamp":1.0,"channel":)" + channel +
            R"(,"id":1,"extended":false,"remote":false,"error":false,"fd":false,"brs":false,)"
            R"("esi":false,"direction":"rx","dlc":0,"length":0,"data":""})"
            "\n";
  const auto reader = format_named("jsonl").open(memory_source(text), {});
  reader->keep_going(true);
  std::vector<Message> messages(channels.size());
  messages.resize(reader->read(messages));
  Got got{{}, reader->warning_count()};
  for (const Message& message : messages) got.channels.emplace_back(message.channel.name());
  return got;
}

}  // namespace

TEST_CASE("jsonl: channels that start alike are told apart", "[jsonl]") {
  const Got got = read({"\"can0\"", "\"can01\"", "null", "\"\"", "\"can0\"", "\"can\"",
                        R"("a\u0062")", "\"a name of more than sixteen bytes\"", "\"can01\""});
  CHECK(got.channels == std::vector<std::string>{"can0", "can01", "", "", "can0", "can", "ab",
                                                 "a name of more than sixteen bytes", "can01"});
  CHECK(got.skipped == 0);
}

TEST_CASE("jsonl: a name without its end is none to know again", "[jsonl]") {
  const auto reader = format_named("jsonl").open(
      memory_source("{\"timestamp\":1.0,\"channel\":\"can0\n"
                    "{\"timestamp\":1.0,\"channel\":\"can0,\"id\":1,\"extended\":false,"
                    "\"remote\":false,\"error\":false,\"fd\":false,\"brs\":false,\"esi\":false,"
                    "\"direction\":\"rx\",\"dlc\":0,\"length\":0,\"data\":\"\"}\n"),
      {});
  reader->keep_going(true);
  std::vector<Message> messages(2);
  CHECK(reader->read(messages) == 0);
  CHECK(reader->warning_count() == 2);
}

TEST_CASE("jsonl: times with exponents, to the nanosecond", "[jsonl]") {
  const auto time = [](const std::string& number) {
    Message m;
    auto reader = format_named("jsonl").open(
        memory_source("{\"id\": 1, \"timestamp\": " + number + "}\n", "a"), {});
    if (reader->read({&m, 1}) != 1) FAIL("no message");
    return m.timestamp.count();
  };
  CHECK(time("1e-05") == 10'000);
  CHECK(time("-1.25e-7") == -125);
  CHECK(time("1.7E+9") == 1'700'000'000'000'000'000);
  CHECK(time("1.5e0") == 1'500'000'000);
  CHECK(time("1551774790942758.123e-6") == 1'551'774'790'942'758'123);
  CHECK_THROWS_AS(time("1e99"), Error);
  CHECK_THROWS_AS(time("1e"), Error);
  CHECK_THROWS_AS(time("1e5x"), Error);
}

TEST_CASE("jsonl: what isn't known may hold anything", "[jsonl]") {
  const auto id = [](const std::string& line) {
    Message m;
    auto reader = format_named("jsonl").open(memory_source(line + "\n", "a"), {});
    if (reader->read({&m, 1}) != 1) FAIL("no message");
    return m.id;
  };
  CHECK(id(R"({"extra": {"a": [1, {"b": "}]\"]"}], "c": null}, "id": 7})") == 7);
  CHECK(id(R"({"extra": [], "id": 7})") == 7);
  CHECK_THROWS_AS(id(R"({"extra": [{], "id": 7)"), Error);
  CHECK_THROWS_AS(id(R"({"id": [7]})"), Error);
  CHECK_THROWS_AS(id(R"({"id": 7, "channel": {}})"), Error);
  CHECK_THROWS_AS(id("{\"id\": " + std::string(500'000, '[')), Error);
}
