// SPDX-License-Identifier: MIT
// Channels in JSON Lines: what was read before speeds reading up, but decides nothing.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "formats/registry.h"
#include "formats/support/stream.h"

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
