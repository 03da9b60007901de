// SPDX-License-Identifier: MIT
// What people write every day is as short as in Python, and right.

#include <catch2/catch.hpp>
#include <sstream>

#include "cansuite/frame.h"
#include "cansuite/interfaces.h"
#include "cansuite/message_text.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/sample.h"
#include "tests/scripted_log.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Bus> open_end() {
  BusConfig config;
  config.interface = "virtual";
  config.channel = "everyday";
  return open_bus(config);
}

/// The line of the format "printer", without its newline.
std::string printed(const Message& message) {
  std::string text;
  const auto log = format_named("printer").create(memory_sink(text), {});
  log->write({&message, 1});
  log->close();
  return text.substr(0, text.size() - 1);
}

}  // namespace

TEST_CASE("a frame made in one call has its length", "[everyday]") {
  CHECK(frame(0x123, {1, 2, 3}) == Message{.id = 0x123, .length = 3, .data = {1, 2, 3}});
  CHECK(frame(0x7FF) == Message{.id = 0x7FF});
  CHECK(extended_frame(0x7FF, {9}) ==
        Message{.id = 0x7FF, .length = 1, .extended = true, .data = {9}});
  CHECK(remote_frame(0x100, 4) == Message{.id = 0x100, .length = 4, .remote = true});
  CHECK(
      fd_frame(1, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {.brs = true}) ==
      Message{.id = 1, .length = 12, .fd = true, .brs = true, .data = {1, 2, 3, 4, 5, 6, 7, 8, 9}});
  CHECK_THROWS_WITH(frame(0x800), "id 800: a standard id is at most 7FF");
  CHECK_THROWS_WITH(extended_frame(0x20000000), Catch::StartsWith("id 20000000: "));
  CHECK_THROWS_WITH(frame(1, std::vector<std::uint8_t>(9)),
                    "id 1: expected at most 8 bytes of data, got 9");
  CHECK_THROWS_WITH(fd_frame(1, std::vector<std::uint8_t>(65)), Catch::Contains("at most 64"));
  CHECK_THROWS(remote_frame(1, 9));
}

TEST_CASE("data can be replaced", "[everyday]") {
  Message m = frame(1, {1, 2, 3});
  set_data(m, {7});
  CHECK(m == frame(1, {7}));
  CHECK(m.data[1] == 0);
  CHECK_THROWS(set_data(m, std::vector<std::uint8_t>(9)));
  Message remote = remote_frame(1, 4);
  CHECK_THROWS(set_data(remote, {1}));
}

TEST_CASE("the same frame is the same at any time, on any channel", "[everyday]") {
  Message a = frame(1, {1}), b = a;
  b.timestamp = 5s;
  b.channel = Channel("can7");
  b.transmitted = true;
  CHECK(same_frame(a, b));
  CHECK_FALSE(a == b);
  b.id = 2;
  CHECK_FALSE(same_frame(a, b));
}

TEST_CASE("a message prints as python-can prints it", "[everyday]") {
  std::ostringstream out;
  out << frame(0x64);
  CHECK(out.str() == "Timestamp:        0.000000        ID: 0064    000    DLC: 0");
  Keeps keeps = keeps_all();
  auto messages = sample(keeps);
  messages.push_back(frame(0x7FF, {'a', 'B', '3'}));
  messages.push_back(fd_frame(0x1, std::vector<std::uint8_t>(64, 'x')));
  for (const Message& m : messages) CHECK(to_string(m) == printed(m));
}

TEST_CASE("one message is sent, received and looped over without ceremony", "[everyday]") {
  const auto sender = open_end(), receiver = open_end();
  sender->send(frame(0x11, {1}));
  const auto got = receiver->receive(10s);
  REQUIRE(got);
  CHECK(same_frame(*got, frame(0x11, {1})));
  CHECK_FALSE(receiver->receive(0ns));
  CHECK_FALSE(receiver->receive(-1ns));
  for (std::uint32_t id : {1u, 2u, 3u}) sender->send(frame(id));
  std::vector<std::uint32_t> ids;
  for (const Message& m : receiver->messages(50ms)) ids.push_back(m.id);
  CHECK(ids == std::vector<std::uint32_t>{1, 2, 3});
  for (const Message& m : receiver->messages(0ns)) FAIL("nothing is there, got " << m);
}

TEST_CASE("a log can be looped over", "[everyday]") {
  ScriptedLog log({frame(1), frame(2), frame(3)}, "broken");
  std::vector<std::uint32_t> ids;
  try {
    for (const Message& m : log.messages()) ids.push_back(m.id);
    FAIL("the failure is lost");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "broken");
  }
  CHECK(ids == std::vector<std::uint32_t>{1, 2, 3});
}
