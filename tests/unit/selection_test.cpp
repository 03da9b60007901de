// SPDX-License-Identifier: MIT
#include "cansuite/selection.h"

#include <catch2/catch.hpp>

#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::uint32_t>;

Selection selection() { return {.filters = {}, .start = {}, .end = {}}; }

/// Messages 0 to 9, one a second from 100 s on, on can0 and can1 in turn.
std::vector<Message> ten() {
  std::vector<Message> messages(10);
  for (std::uint32_t i = 0; i < 10; ++i)
    messages[i] = {.timestamp = std::chrono::seconds(100 + i),
                   .id = i,
                   .channel = Channel(i % 2 ? "can1" : "can0")};
  return messages;
}

/// What is left of `messages`, given in batches.
Ids selected(const Selection& wanted, std::vector<Message> messages, std::size_t batch = 3) {
  Selector selector(wanted);
  Ids ids;
  for (std::size_t at = 0; at < messages.size(); at += batch) {
    const auto part = std::span(messages).subspan(at, std::min(batch, messages.size() - at));
    for (const Message& message : part.first(selector.keep_wanted(part))) ids.push_back(message.id);
  }
  return ids;
}

}  // namespace

TEST_CASE("without criteria everything is wanted") {
  CHECK(selection().everything());
  CHECK(selected(selection(), ten()) == Ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(Selector(selection()).keep_wanted({}) == 0);
}

TEST_CASE("the start is wanted, the end is not") {
  Selection wanted = selection();
  wanted.start = parse_log_time("2s");
  wanted.end = parse_log_time("@105");
  CHECK_FALSE(wanted.everything());
  for (const std::size_t batch : {1, 3, 10}) CHECK(selected(wanted, ten(), batch) == Ids{2, 3, 4});
}

TEST_CASE("times count from the first message, wanted or not") {
  Selection wanted = selection();
  wanted.channels = {Channel("can1")};
  wanted.end = parse_log_time("4");
  CHECK(selected(wanted, ten()) == Ids{1, 3});
}

TEST_CASE("a channel is wanted by any of its names") {
  Selection wanted = selection();
  wanted.channels = {Channel("2")};
  CHECK_FALSE(wanted.everything());
  CHECK(selected(wanted, ten()) == Ids{1, 3, 5, 7, 9});
  wanted.channels = {Channel("vcan7"), Channel("can0")};
  CHECK(selected(wanted, ten()) == Ids{0, 2, 4, 6, 8});
}

TEST_CASE("each kind of frame is wanted by its name") {
  std::vector<Message> messages(4);
  for (std::uint32_t i = 0; i < 4; ++i) messages[i].id = i;
  messages[1].fd = true;
  messages[2].remote = true;
  messages[3].error = true;
  const auto of = [&](const char* kinds) {
    Selection wanted = selection();
    wanted.kinds = parse_kinds(kinds);
    return selected(wanted, messages);
  };
  CHECK(of("data") == Ids{0});
  CHECK(of("fd") == Ids{1});
  CHECK(of("remote") == Ids{2});
  CHECK(of("error") == Ids{3});
  CHECK(of("error,data") == Ids{0, 3});
  CHECK_THROWS_WITH(parse_kinds("date"), "expected data, fd, remote or error, got 'date'");
  CHECK_THROWS_AS(parse_kinds(""), Error);
}

TEST_CASE("filters select, too") {
  Selection wanted = selection();
  const std::vector<std::string> filters = {"4:7FC"};
  wanted.filters = parse_filters(filters);
  CHECK_FALSE(wanted.everything());
  CHECK(selected(wanted, ten()) == Ids{4, 5, 6, 7});
}
