// SPDX-License-Identifier: MIT
// The model: frame text, filters, durations, pacing, JSON, configuration, queue.
#include <catch2/catch.hpp>
#include <fstream>
#include <semaphore>
#include <thread>

#include "cansuite/config.h"
#include "cansuite/filter.h"
#include "cansuite/interfaces.h"
#include "cansuite/notifier.h"
#include "libcan/flow/batch_queue.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/json.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace std::chrono_literals;

TEST_CASE("frames in candump's notation") {
  struct Case {
    const char* text;
    Message want;
  };
  const Case cases[] = {
      {"123#", {.id = 0x123}},
      {"00000123#", {.id = 0x123, .extended = true}},
      {"123#11.22.33", {.id = 0x123, .length = 3, .data = {0x11, 0x22, 0x33}}},
      {"123#R", {.id = 0x123, .remote = true}},
      {"123#r8", {.id = 0x123, .length = 8, .remote = true}},
      {"123#R8_F", {.id = 0x123, .length = 8, .raw_dlc = 15, .remote = true}},
      {"123##3AA",
       {.id = 0x123, .length = 1, .fd = true, .brs = true, .esi = true, .data = {0xAA}}},
      {"123##4112233445566778899",
       {.id = 0x123,
        .length = 12,
        .fd = true,
        .data = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99}}},
      {"20000004#00", {.id = 4, .length = 1, .error = true}},
      {"123#1122334455667788_E",
       {.id = 0x123,
        .length = 8,
        .raw_dlc = 14,
        .data = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}}},
  };
  for (const auto& [text, want] : cases) {
    CAPTURE(text);
    Message got;
    parse_frame(text, got);
    CHECK(got == want);
    std::string again;
    format_frame(got, again);
    Message back;
    parse_frame(again, back);
    CHECK(back == want);
  }
}

TEST_CASE("frames that aren't, with the column") {
  for (auto [text, says] : {std::pair("", "column 1"),
                            {"#", "column 1"},
                            {"12#", "column 1"},
                            {"1234#", "column 1"},
                            {"12G#", "column 3"},
                            {"123#1", "column 5"},
                            {"123#GG", "column 5"},
                            {"123#112233445566778899", "at most 8 bytes, at column 21"},
                            {"123#11.22.33.44.55.66.77.88.99", "at most 8 bytes, at column 28"},
                            {"123#11223344556677889", "two hexadecimal digits at column 21"},
                            {"123#1122334455667788_E1", "the end at column 23"},
                            {"0x123#11", "without 0x, at column 1"},
                            {"  123#02", "an id of 3 or 8 hexadecimal digits and '#' at column 1"},
                            {"12345#00", "an id of 3 or 8"},
                            {"123##", "column 6"},
                            {"123#R9", "column 6"},
                            {"123#R1x", "column 7"},
                            {"123#1122334455667788_8", "column 22"},
                            {"123#11_9", "column 7"},
                            {"123#112233445566778 ", "column 19"},
                            {"FFF#00", "at most 7FF"},
                            {"80000123#00", "at most 1FFFFFFF"},
                            {"45123#81:00:12345678#112233", "CAN XL"},
                            {"123#..11", "column 5"}}) {
    CAPTURE(text);
    Message got;
    CHECK_THROWS_WITH(parse_frame(text, got), Catch::Contains(says));
  }
}

TEST_CASE("filters") {
  const auto pass = [](const std::string& text, const Message& m) {
    return matches(parse_filters(std::array{text}), m);
  };
  CHECK(pass("123:7FF", {.id = 0x123}));
  CHECK_FALSE(pass("123:7FF", {.id = 0x124}));
  CHECK(pass("123:7FF", {.id = 0x123, .extended = true}));
  CHECK_FALSE(pass("00000123:7FF", {.id = 0x123}));
  CHECK(pass("00000123:7FF", {.id = 0x123, .extended = true}));
  CHECK_FALSE(pass("123~7FF", {.id = 0x123}));
  CHECK(pass("123~7FF", {.id = 0x124}));
  CHECK(pass("123:7FF 124:7FF", {.id = 0x124}));
  CHECK_FALSE(pass("123~7FF,124~7FF", {.id = 0x124}));
  CHECK_FALSE(pass("100:700,124~7FF", {.id = 0x124}));
  CHECK(pass("123:7FF", {.id = 4, .error = true}));
  for (const std::string bad :
       {"", ",", "123", "x:7FF", "123:y", "20000000:7FF", "123:", "123:1FFFFFFFF", "standardx",
        "standard:", "standard:123", "standard:extended", "standard:00000123:7FF",
        "remote:data:1:7FF", "data:40000123:C00007FF", "40000123:7FF", "standard~"})
    CHECK_THROWS_AS(parse_filters(std::array{bad}), Error);
}

TEST_CASE("filters for kinds of frames") {
  const Message standard = {.id = 0x123}, extended = {.id = 0x123, .extended = true},
                remote = {.id = 0x123, .remote = true},
                both = {.id = 0x123, .extended = true, .remote = true}, other = {.id = 0x124};
  const auto passes = [&](const std::string& text) {
    std::string all;
    for (const Message& each : {standard, extended, remote, both, other})
      all += matches(parse_filters(std::array{text}), each) ? '1' : '0';
    return all;
  };
  CHECK(passes("123:7FF") == "11110");
  CHECK(passes("123:C00007FF") == "10000");  // as candump has it
  CHECK(passes("123:800007FF") == "10100");
  CHECK(passes("123:400007FF") == "11000");
  CHECK(passes("123:200007FF") == "11110");
  CHECK(passes("123:FFFFFFFF") == "10000");
  CHECK(passes("123~C00007FF") == "01111");
  CHECK(passes("80000123:C00007FF") == "01000");
  CHECK(passes("C0000123:C00007FF") == "00010");
  CHECK(passes("40000123:C00007FF") == "00010");  // eight digits
  CHECK(passes("standard") == "10101");
  CHECK(passes("extended") == "01010");
  CHECK(passes("data") == "11001");
  CHECK(passes("remote") == "00110");
  CHECK(passes("remote:standard") == "00100");
  CHECK(passes("standard:123:7FF") == "10100");
  CHECK(passes("standard:data:123:7FF") == "10000");
  CHECK(passes("standard:123~7FF") == "01011");
  CHECK(passes("extended,124:7FF") == "01011");
}

TEST_CASE("a filter as text is the same filter") {
  for (const std::string_view text :
       {"123:7FF", "123~7FF", "00000123:1FFFFFFF", "standard", "extended", "remote",
        "standard:data:1:7FF", "data:00000001:7FF", "123:C00007FF"}) {
    CAPTURE(text);
    const Filter filter = parse_filter(text);
    CHECK(parse_filter(to_string(filter)) == filter);
  }
}

TEST_CASE("data length codes") {
  CHECK(dlc_of(std::uint8_t{8}) == 8);
  CHECK(dlc_of(std::uint8_t{9}) == 9);
  CHECK(dlc_of(std::uint8_t{64}) == 15);
  CHECK(length_of(13) == 32);
  CHECK(std::string(why_invalid({.id = 0x800})) == "a standard id is at most 7FF");
  CHECK(why_invalid({.id = 0x800, .extended = true}) == nullptr);
  CHECK(why_invalid({.length = 9}) != nullptr);
  CHECK(why_invalid({.length = 9, .fd = true}) != nullptr);
  CHECK(why_invalid({.remote = true, .fd = true}) != nullptr);
  CHECK(why_invalid({.brs = true}) != nullptr);
}

TEST_CASE("channels and their numbers") {
  CHECK(Channel("1").number() == 1);
  CHECK(Channel("can0").number() == 1);
  CHECK(Channel("vcan12").number() == 13);
  CHECK(Channel("239.74.163.2").number() == 0);
  CHECK(Channel("").number() == 0);
  CHECK(Channel("x") == Channel("x"));
  CHECK(Channel(std::string(100, 'y')).name().size() == 64);
  CHECK(Channel(std::string(100, 'y')) != Channel(std::string(101, 'y')));
  CHECK(Channel("\x1b[31m\x7f").name() == "\\x1b[31m\\x7f");
  CHECK(Channel("a\tb") != Channel("a_b"));
}

TEST_CASE("1 and can0 are the same channel; other names that end with 0 are not") {
  CHECK(same_channel(Channel("1"), Channel("can0")));
  CHECK(same_channel(Channel("can7"), Channel("8")));
  CHECK_FALSE(same_channel(Channel("1"), Channel("can1")));
  for (const char* name : {"vcan0", "PT_0", "slcan0", "channel-0", "eth0", "xcan0", "can0a"}) {
    CAPTURE(name);
    CHECK(same_channel(Channel(name), Channel(name)));
    CHECK_FALSE(same_channel(Channel("1"), Channel(name)));
    CHECK_FALSE(same_channel(Channel(name), Channel("can0")));
  }
}

TEST_CASE("durations") {
  CHECK(parse_duration("1.5s", 1ms) == 1500ms);
  CHECK(parse_duration("250", 1ms) == 250ms);
  CHECK(parse_duration("10us", 1s) == 10us);
  CHECK(parse_duration("2h", 1s) == 2h);
  for (const char* bad : {"", "x", "-1", "1d", "1e30", "nan", "inf", "1 s"})
    CHECK_THROWS_AS(parse_duration(bad, 1s), Error);
}

TEST_CASE("durations for people") {
  CHECK(to_text(310us) == "310 us");
  CHECK(to_text(1250ms) == "1.25 s");
  CHECK(to_text(86'400s) == "86400 s");
  CHECK(to_text(24h * 3) == "3 days");
  CHECK(to_text(8766h * 20) == "20 years");
}

TEST_CASE("flat JSON objects") {
  JsonObject object(R"( {"a": "x\u00e4\n\"\ud83d\ude00", "b":-1.5e3 ,"c":true,"d":null} )");
  REQUIRE(object.next());
  CHECK(object.key() == "a");
  CHECK(object.value() == "x\xC3\xA4\n\"\xF0\x9F\x98\x80");
  REQUIRE(object.next());
  CHECK(object.value() == "-1.5e3");
  REQUIRE(object.next());
  CHECK(object.kind() == JsonObject::Kind::boolean);
  REQUIRE(object.next());
  CHECK(object.kind() == JsonObject::Kind::null);
  CHECK_FALSE(object.next());
  const auto walk = [](std::string_view text) {
    JsonObject each(text);
    while (each.next()) continue;
  };
  walk("{}");
  for (const char* bad :
       {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{\"a\":[1]}",
        "{\"a\":\"\\x\"}", "{\"a\":\"", "{\"a\":1}x", "{\"a\":\"\\u12\"}"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(walk(bad), Error);
  }
  std::string out;
  append_json_string(out, "a\"\\\n\xFF\xC3\xA4");
  CHECK(out == "\"a\\\"\\\\\\u000a\xEF\xBF\xBD\xC3\xA4\"");
}

TEST_CASE("configuration files: later ones win, key by key") {
  const TemporaryFolder folder;
  const std::string first = folder.path() + "/a", second = folder.path() + "/b";
  std::ofstream(first) << "# comment\n[default]\ninterface = virtual\nchannel: x\n[lab]\nport=7\n";
  std::ofstream(second) << "[default]\n ; comment\nchannel = y\n[DEFAULT]\nfd = true\n";
  const Settings settings = load_config_files({first, second, folder.path() + "/none"}, "");
  CHECK(settings.at("interface").value == "virtual");
  CHECK(settings.at("interface").origin == first + ":3");
  CHECK(settings.at("channel").value == "y");
  CHECK(to_bus_config(settings).fd == true);
  CHECK_FALSE(settings.contains("port"));
  CHECK(load_config_files({first, second}, "lab").at("port").value == "7");
  CHECK_THROWS_WITH(load_config_files({first}, "lap"), Catch::Contains("did you mean 'lab'"));
  std::ofstream(second) << "interface = x\n";
  CHECK_THROWS_WITH(load_config_files({second}, ""),
                    Catch::Contains(second + ":1: expected a section"));
}

TEST_CASE("a queue hands everything over in order, and its producer's failure last") {
  BatchQueue queue(64, 16, GENERATE(1, 32));
  std::thread producer([&] {
    for (std::uint32_t id = 0; id < 10'000;) {
      auto places = queue.reserve();
      std::size_t filled = 0;
      while (filled < places.size() && filled < id % 7 + 1 && id < 10'000)
        places[filled++] = Message{.id = id++};
      queue.commit(filled);
    }
    queue.finish(std::make_exception_ptr(Error(Errc::io, "gone")));
  });
  std::uint32_t next = 0;
  try {
    for (auto batch = queue.wait(10s); !batch.empty(); batch = queue.wait(10s)) {
      for (const Message& m : batch) REQUIRE(m.id == next++);
      queue.release(batch.size());
    }
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "gone");
  }
  CHECK(next == 10'000);
  CHECK(queue.ended());
  producer.join();
}

TEST_CASE("a queue that is read in time uses the start of its ring only") {
  BatchQueue queue(4096, 16);
  auto places = queue.reserve();
  const Message* const start = places.data();
  for (std::uint32_t id = 0; id < 10'000; ++id) {
    REQUIRE(places.data() - start < 300);
    places[0] = Message{.id = id};
    queue.commit(1);
    places = queue.reserve();  // before the queue is empty again
    const auto batch = queue.wait(10s);
    REQUIRE(batch.size() == 1);
    CHECK(batch[0].id == id);
    queue.release(1);
  }
}

TEST_CASE("a queue whose producer pauses hands over what it has, then tells of the pause once") {
  BatchQueue queue(64, 16, 32);
  std::counting_semaphore<2> heard(0);  // of the pauses
  std::jthread producer([&] {
    for (int i = 0; i < 2; ++i) {
      queue.reserve()[0] = Message{.id = 7};
      queue.commit(1);  // too little to wake anybody for
      queue.pause();
      heard.acquire();
    }
    queue.finish();
  });
  std::string seen;
  while (!queue.ended()) {
    const auto batch = queue.wait(10s);
    seen += batch.empty() ? '-' : 'm';
    queue.release(batch.size());
    if (batch.empty()) heard.release();
  }
  CHECK(seen.starts_with("m-m-"));
}

TEST_CASE("a cancelled queue lets its producer go") {
  BatchQueue queue(4, 4);
  std::thread producer([&] {
    for (auto places = queue.reserve(); !places.empty(); places = queue.reserve())
      queue.commit(places.size());
  });
  CHECK(queue.wait(10s).size() > 0);
  queue.cancel();
  producer.join();
}

TEST_CASE("a bus that is full makes send() wait, and then gives up") {
  /// Takes two messages every other time, and `room` of them in all.
  class NarrowBus final : public Bus {
   public:
    explicit NarrowBus(std::size_t limit) : room(limit) {}
    int descriptor() const override { return -1; }
    std::string name() const override { return "narrow"; }
    std::vector<std::uint32_t> taken;
    std::size_t room;
    bool full = false;

   protected:
    std::size_t send_some(std::span<const Message> messages) override {
      if (full = !full; full) return 0;
      const std::size_t count = std::min({messages.size(), room - taken.size(), std::size_t{2}});
      for (const Message& m : messages.first(count)) taken.push_back(m.id);
      return count;
    }
    std::size_t receive_any(std::span<Message>, std::chrono::nanoseconds) override { return 0; }
  };
  const Message messages[] = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}, {.id = 5}};

  NarrowBus wide(5);
  wide.send(messages);
  CHECK(wide.taken == std::vector<std::uint32_t>{1, 2, 3, 4, 5});

  NarrowBus narrow(3);
  CHECK_THROWS_WITH(narrow.send(messages), "narrow: takes no more messages");
  CHECK(narrow.taken == std::vector<std::uint32_t>{1, 2, 3});
  CHECK_THROWS_WITH(narrow.send_now(messages), "narrow: takes no more messages");

  narrow.room = 8;
  narrow.full = false;  // the next try finds it full: that is a blocked_reason of its own
  narrow.send(messages);
  CHECK(narrow.taken.size() == 8);
}

TEST_CASE("a notifier tells listeners what a bus receives") {
  BusConfig config;
  config.interface = "virtual";
  config.channel = "notified";
  const auto sender = open_bus(config), receiver = open_bus(config);
  BufferedReader reader;
  Notifier notifier(*receiver, {&reader});
  sender->send({{{.id = 1}, {.id = 2}}});
  CHECK(reader.get(10s)->id == 1);
  CHECK(reader.get(10s)->id == 2);
  sender->send({{{.id = 3}}});
  notifier.stop();
  CHECK(reader.get(0s)->id == 3);
  CHECK_FALSE(reader.get(0s));
}

TEST_CASE("a full buffered reader drops the oldest, and says so") {
  BufferedReader reader(2);
  reader.on_messages({{{.id = 1}, {.id = 2}, {.id = 3}}});
  CHECK(reader.dropped() == 1);
  CHECK(reader.get(0s)->id == 2);
}
