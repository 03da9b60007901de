// SPDX-License-Identifier: MIT
// At the ends of what a message can be, every format gives back what it was given.

#include <catch2/catch.hpp>

#include "formats/registry/losses.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Times = std::vector<std::chrono::nanoseconds>;

constexpr auto kLast = std::chrono::seconds(9'214'560'000);    // 2261-12-31
constexpr auto kFirst = std::chrono::seconds(-9'214'560'000);  // 1678-01-01 and a bit

/// Written by the format, then read by it.
std::vector<Message> through(const Format& format, std::span<const Message> messages) {
  const LogOptions options{.zone = {.local = false}};
  std::string bytes;
  auto writer = format.create(memory_sink(bytes), options);
  writer->write(messages);
  writer->close();
  auto reader = format.open(memory_source(bytes), options);
  std::vector<Message> got(messages.size() + 1);
  std::size_t count = 0;
  while (const std::size_t n = reader->read(std::span(got).subspan(count))) count += n;
  CHECK(reader->warning_count() == 0);
  got.resize(count);
  return got;
}

std::chrono::nanoseconds floor_to(std::chrono::nanoseconds time, std::chrono::nanoseconds step) {
  const auto rest = time % step;
  return time - (rest < 0ns ? rest + step : rest);
}

template <class Use>
void for_each_format(Use use) {
  for (const Format* format : all_formats())
    if (format->open && format->create) {
      DYNAMIC_SECTION(format->name) { use(*format); }
    }
}

}  // namespace

TEST_CASE("every format gives back times from 1678 to 2261, however far apart", "[limits]") {
  const Times cases[] = {{0ns, 1ns, 999ns, 1us},
                         {-1500ms, -1ns, 0ns, 1s},
                         {1'700'000'000s, 1'700'000'000s - 1h, 1'700'000'000s + 1'000'000s},
                         {1s, 1'000'000s, 9'999'999s, 99'999'999s, 1'000'000'000s, 2'000'000'000s},
                         {1'000'000'000s, 1s, 0s},
                         {kLast, kLast + 1ns, kLast + 1s},
                         {kFirst, kFirst + 1ns, 0s}};
  for_each_format([&](const Format& format) {
    for (const Times& times : cases) {
      std::vector<Message> messages;
      for (const auto time : times)
        messages.push_back({.timestamp = time, .id = 0x123, .length = 1});
      const auto got = through(format, messages);
      REQUIRE(got.size() == messages.size());
      for (std::size_t i = 0; i < got.size(); ++i) {
        CAPTURE(times[0].count(), times[i].count(), got[i].timestamp.count());
        CHECK(got[i].timestamp == floor_to(times[i], format.keeps.step));
      }
    }
  });
}

TEST_CASE("every format gives back any channel, or its loss is told", "[limits]") {
  for_each_format([](const Format& format) {
    for (const char* name : {"can0", "1", "can7", "can299", "PT CAN", "Bus-\xC3\xA9", "a,b", "a\"b",
                             "vcan0", "PCAN_USBBUS1", "65534", "x:y", "\xE6\xB1\xBD\xE8\xBB\x8A"}) {
      const Message message{.timestamp = 1s, .id = 0x123, .channel = Channel(name), .length = 1};
      const auto got = through(format, {&message, 1});
      Losses losses(format.keeps);
      losses.count({&message, 1});
      CAPTURE(name, got.size());
      REQUIRE(got.size() == 1);
      CAPTURE(got[0].channel.name());
      CHECK(losses.found().empty() == (format.keeps.channel != KeepsChannel::no &&
                                       same_channel(got[0].channel, message.channel)));
    }
  });
}

TEST_CASE("a name that no interface has takes none from one that comes later", "[limits]") {
  std::vector<Message> messages;
  std::vector<std::string> names;
  for (const char* name : {"PT CAN", "can0", "PT_CAN", "1", "0", "a/b", "a:b",
                           "can-of-the-powertrain-1", "can-of-the-powertrain-2"})
    messages.push_back({.timestamp = 1s, .channel = Channel(name)});
  for (const Message& m : through(format_named("candump"), messages))
    names.emplace_back(m.channel.name());
  CHECK(names == std::vector<std::string>{"PT_CAN", "can0", "PT_CAN_2", "can0", "ch0", "a_b",
                                          "a_b_2", "can-of-the-powe", "can-of-the-po_2"});
}

TEST_CASE("messages without a channel that join those of the first are told of", "[limits]") {
  const Message none{.timestamp = 1s}, first{.timestamp = 1s, .channel = Channel("can0")},
      second{.timestamp = 1s, .channel = Channel("can1")};
  const auto found = [](const Format& format, std::vector<Message> messages) {
    Losses losses(format.keeps);
    losses.count(messages);
    return losses.found();
  };
  const std::vector<std::string> told = {
      "that there is no channel (it becomes the first) of 1 message"};
  for (const char* name : {"asc", "blf", "trc", "candump"}) {
    CAPTURE(name);
    CHECK(found(format_named(name), {none, first}) == told);
    CHECK(found(format_named(name), {first, none}) == told);
    CHECK(found(format_named(name), {none, second}).empty());
    CHECK(found(format_named(name), {none}).empty());
  }
}

TEST_CASE("every format keeps apart the channels that differ, and only those", "[limits]") {
  std::vector<Message> messages;
  for (const char* name : {"can0", "1", "vcan0", "can1", "2", "PT CAN", "PT-CAN"})
    messages.push_back({.timestamp = 1s, .id = 0x123, .channel = Channel(name), .length = 1});
  for_each_format([&](const Format& format) {
    if (format.keeps.channel == KeepsChannel::no) return;
    const auto got = through(format, messages);
    REQUIRE(got.size() == messages.size());
    for (const auto& [one, other, same] : {std::tuple(0, 1, true),
                                           {3, 4, true},
                                           {0, 2, false},
                                           {0, 3, false},
                                           {5, 6, false},
                                           {2, 3, false}}) {
      CAPTURE(got[std::size_t(one)].channel.name(), got[std::size_t(other)].channel.name());
      CHECK(same_channel(got[std::size_t(one)].channel, got[std::size_t(other)].channel) == same);
    }
  });
}
