// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstring>

#include "formats/blf/events.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

using namespace can;
using blf::ObjectType;

namespace {

template <class Number>
void append(std::string& bytes, Number value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// An object of 1.5 s with this body, padded.
std::string object(ObjectType type, const std::string& body) {
  std::string bytes(blf::kObjectHeader, '\0');
  const std::size_t size = bytes.size() + body.size();
  blf::put_object_header(bytes.data(), type, size, 1'500'000'000);
  return bytes + body + std::string(blf::padding_of(size), '\0');
}

std::string marker(const std::string& group, const std::string& name, const std::string& what) {
  std::string body(16, '\0');
  for (const auto* text : {&group, &name, &what})
    append(body, static_cast<std::uint32_t>(text->size()));
  return object(ObjectType::global_marker, body + std::string(12, '\0') + group + name + what);
}

template <class... Numbers>
std::string of(ObjectType type, Numbers... numbers) {
  std::string body;
  (append(body, numbers), ...);
  return object(type, body);
}

/// A log with one frame, then these objects in pieces of the container's size.
std::string log_with(const std::string& objects) {
  std::string bytes;
  auto writer = format_named("blf").create(memory_sink(bytes), {.threads = 1});
  const Message m{.id = 0x123, .length = 2};
  writer->write({&m, 1});
  writer->close();
  return bytes + objects;
}

std::vector<std::string> events_in(const std::string& log, std::size_t* frames = nullptr) {
  std::vector<std::string> events;
  LogOptions options{.threads = 1};
  options.on_event = [&](const LogEvent& event) {
    const double seconds = std::chrono::duration<double>(event.since_start).count();
    events.push_back(fmt::format("{}: {:.6f} {}", event.log, seconds, event.text));
  };
  Message some[8];
  try {
    auto reader = format_named("blf").open(memory_source(log, "a.blf"), options);
    while (const std::size_t n = reader->read(some))
      if (frames) *frames += n;
  } catch (const Error& error) {
    CHECK(error.code() == Errc::corrupt);
  }
  return events;
}

}  // namespace

TEST_CASE("events of a BLF log are told to who wants to know") {
  const std::string log = log_with(
      marker("group", "overtaking", "at \x1b[31m km 7") + marker("", "bare", "") +
      of(ObjectType::can_statistic, std::uint16_t{2}, std::uint16_t{1234}, 100u, 20u, 3u, 4u, 5u,
         6u, 0u) +
      of(ObjectType::can_driver_error, std::uint16_t{1}, std::uint8_t{128}, std::uint8_t{96},
         0xABu) +
      of(ObjectType::can_overload, std::uint16_t{3}, std::uint16_t{0}, 0u) +
      of(ObjectType::overrun_error, 1u, std::uint16_t{2}, std::uint16_t{0}) +
      of(ObjectType::data_lost_end, 1u, std::uint64_t{0}, 42u) +
      object(ObjectType::event_comment, std::string("\x60\0\0\0\5\0\0\0........hello", 21)) +
      object(ObjectType::app_text, std::string("\0\0\0\0....\5\0\0\0....world", 21)) +
      object(ObjectType::app_text, std::string("\2\0\0\0....\5\0\0\0....<xml>", 21)));
  std::size_t frames = 0;
  CHECK(
      events_in(log, &frames) ==
      std::vector<std::string>{
          "a.blf: 1.500000 marker 'overtaking' 'at \\x1b[31m km 7'",
          "a.blf: 1.500000 marker 'bare'",
          "a.blf: 1.500000 statistic of channel 2: load 12.34 %, data 100, extended 20, remote 3, "
          "extended remote 4, error 5, overload 6",
          "a.blf: 1.500000 driver error of channel 1: tx errors 128, rx errors 96, code 0xab",
          "a.blf: 1.500000 overload frame on channel 3",
          "a.blf: 1.500000 messages lost on channel 2", "a.blf: 1.500000 42 events lost",
          "a.blf: 1.500000 comment 'hello'", "a.blf: 1.500000 text 'world'"});
  CHECK(frames == 1);
}

TEST_CASE("the remarks our BLF writer takes come out as events") {
  std::string log;
  auto writer = format_named("blf").create(memory_sink(log), {.threads = 1});
  const Message m{.timestamp = std::chrono::seconds(1'700'000'000), .id = 0x123};
  writer->write({&m, 1});
  writer->event("bus-off");
  writer->close();
  CHECK(events_in(log) == std::vector<std::string>{"a.blf: 0.000000 marker 'bus-off'"});
}

TEST_CASE("events come back from BLF with their times") {
  std::string log;
  auto writer = format_named("blf").create(memory_sink(log), {.threads = 1});
  using namespace std::chrono_literals;
  const Message m{.timestamp = 1'700'000'001s, .id = 0x123};
  CHECK(writer->event("overtaking", 1'700'000'000s));
  writer->write({&m, 1});
  CHECK(writer->event("'braking'", 1'700'000'002s + 5us));
  CHECK(writer->event("latest"));
  writer->close();
  std::vector<std::string> told;
  LogOptions options{.threads = 1};
  options.on_event = [&told](const LogEvent& event) {
    CHECK(event.since_start == event.time - 1'700'000'000s);
    told.push_back(fmt::format("{} {}", event.time.count() / 1000, event.remark));
  };
  auto reader = format_named("blf").open(memory_source(log, "a.blf"), options);
  Message room[8];
  CHECK(reader->read(room) == 1);
  CHECK(reader->read(room) == 0);
  CHECK(told == std::vector<std::string>{"1700000000000000 overtaking",
                                         "1700000002000005 'braking'", "1700000001000000 latest"});
}

TEST_CASE("texts of events are cut, and their lengths not trusted") {
  const auto longer = events_in(log_with(marker("", std::string(5000, 'x'), "behind")));
  REQUIRE(longer.size() == 1);
  CHECK_THAT(longer[0], Catch::Contains("xxx...'") && Catch::EndsWith(" '...'"));
  std::string lying = marker("group", "name", "");
  std::memset(lying.data() + blf::kObjectHeader + 16, 0xFF, 12);  // three lengths of 4 GiB
  CHECK(events_in(log_with(lying)) ==
        std::vector<std::string>{"a.blf: 1.500000 marker '...' '...'"});
  for (int size = 32; size < 40; ++size) {
    std::string small(static_cast<std::size_t>(size), '\0');
    blf::put_object_header(small.data(), ObjectType::global_marker, small.size(), 0);
    CHECK(events_in(log_with(small)) == std::vector<std::string>{"a.blf: 0.000000 marker ''"});
  }
}
