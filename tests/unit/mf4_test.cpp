// SPDX-License-Identifier: MIT
// Layouts of MDF 4 that other programs write; tests/formats_test.cpp has the round trip.

#include "formats/mf4/mf4.h"

#include <catch2/catch.hpp>

#include "cansuite/error.h"
#include "cansuite/error_frame.h"
#include "formats/mf4/data_image.h"
#include "formats/mf4/time_field.h"
#include "libcan/model/fail.h"
#include "tests/mf4_builder.h"

using namespace can;
using namespace std::chrono_literals;
using mf4_builder::ChannelBlock;
using mf4_builder::Log;
using mf4_builder::number_bytes;

namespace {

constexpr auto kStart = std::chrono::nanoseconds(Log::kStart);

std::vector<Message> read(const std::string& bytes, LogOptions options = {},
                          std::vector<std::string>* warnings = nullptr) {
  options.zone.local = false;
  auto reader = mf4::open_reader(memory_source(bytes), options);
  reader->keep_going(warnings != nullptr);
  std::vector<Message> all;
  Message batch[8];
  while (const std::size_t count = reader->read(batch)) all.insert(all.end(), batch, batch + count);
  if (warnings) *warnings = reader->warnings();
  return all;
}

/// A record id where there is one, time in us as 48 bits, id, data byte.
std::string record(std::string_view id, std::uint64_t time, std::uint32_t can_id,
                   std::string_view data) {
  return std::string(id) + number_bytes(time, 6) + number_bytes(can_id, 4) + std::string(data);
}

/// The channels of record(), with `length` bytes of data.
std::vector<ChannelBlock> simple_channels(Log& log, std::uint32_t length) {
  const std::uint64_t microseconds = log.conversion(1, {0, 1e-6});
  return {{.name = "t", .bits = 48, .kind = 2, .sync = 1, .conversion = microseconds},
          {.name = "CAN_DataFrame.ID", .byte = 6, .bits = 32},
          {.name = "CAN_DataFrame.DataBytes", .byte = 10, .bits = 8 * length, .type = 10}};
}

/// A sorted log of three frames of 2 bytes; `put_data` makes the data block of the records.
template <class PutData>
std::string simple_log(PutData put_data, std::uint64_t count = 3) {
  Log log;
  std::string records;
  for (std::uint32_t i = 0; i < 3; ++i) records += record("", 1000 * i, 0x100 + i, "ab");
  const std::uint64_t channels = log.channels(simple_channels(log, 2));
  const std::uint64_t group = log.group(0, channels, {.count = count, .bytes = 12});
  log.data_group(0, group, put_data(log.image, records));
  return log.bytes();
}

void check_simple(const std::vector<Message>& got) {
  REQUIRE(got.size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(got[i].timestamp == kStart + i * 1ms);
    CHECK(got[i].id == 0x100 + i);
    CHECK(got[i].length == 2);
    CHECK(got[i].data[1] == 'b');
  }
}

std::string list_data(std::uint32_t count) { return number_bytes(0, 4) + number_bytes(count, 4); }

}  // namespace

TEST_CASE("mf4: records in one block, or cut anywhere into listed blocks", "[mf4]") {
  using mf4::Image;
  check_simple(read(simple_log(
      [](Image& image, const std::string& records) { return image.add("DT", {}, records); })));
  for (std::size_t cut = 0; cut <= 36; cut += 5)
    check_simple(read(simple_log([&](Image& image, const std::string& records) {
      const auto first = image.add("DT", {}, records.substr(0, cut)),
                 second = image.add("DT", {}, records.substr(cut)),
                 last = image.add("DL", {0, second}, list_data(1)),
                 list = image.add("DL", {last, first, 0}, list_data(2));
      return image.add("HL", {list}, std::string(8, '\0'));
    })));
}

TEST_CASE("mf4: frames of groups by time, those of the same time in the order of groups", "[mf4]") {
  // Times in ms; those of a group may go back.
  std::vector<std::vector<std::uint64_t>> groups = {
      {1, 2, 2, 3, 9}, {1, 2, 3, 3}, {2, 2, 8, 1}, {0, 3, 9, 9}};
  Log log;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::string records;
    for (const std::uint64_t time : groups[i])
      records += record("", 1000 * time, static_cast<std::uint32_t>(i), "ab");
    const std::uint64_t channels = log.channels(simple_channels(log, 2));
    log.data_group(0, log.group(0, channels, {.count = groups[i].size(), .bytes = 12}),
                   log.image.add("DT", {}, records));
  }
  std::size_t count = 0;
  for (const Message& got : read(log.bytes())) {
    const auto first = std::min_element(groups.begin(), groups.end(), [](auto& a, auto& b) {
      return !a.empty() && (b.empty() || a.front() < b.front());
    });
    CHECK(got.timestamp == kStart + first->front() * 1ms);
    CHECK(got.id == static_cast<std::uint32_t>(first - groups.begin()));
    first->erase(first->begin());
    ++count;
  }
  CHECK(count == 17);
}

TEST_CASE("mf4: compressed records, transposed with a rest", "[mf4]") {
  for (const std::size_t columns : {12, 7})  // 36 = 5 * 7 + 1: the last byte is in no column
    check_simple(read(simple_log([&](mf4::Image& image, const std::string& records) {
      mf4::DataImage data;
      data.record_size = columns;
      data.size = records.size();
      records.copy(data.records.room(data.size), data.size);
      mf4::make_block(data, 4);
      const auto length = get<std::uint64_t>(data.block.data() + 8);
      return image.add("DZ", {}, {data.block.data() + 24, length - 24});
    })));
}

TEST_CASE("mf4: a log that isn't finalised is read up to its end", "[mf4]") {
  // The data are the last block, as a logger leaves them: only its header is counted.
  Log log;
  const std::uint64_t channels = log.channels(simple_channels(log, 2));
  const std::uint64_t group = log.group(0, channels, {.bytes = 12});
  log.data_group(0, group, log.image.bytes().size() + 64 + 64);
  log.image.add("DT", {}, "");
  std::string bytes = log.bytes("UnFinMF ", 411, 5);
  for (std::uint32_t i = 0; i < 3; ++i) bytes += record("", 1000 * i, 0x100 + i, "ab");
  check_simple(read(bytes));
  std::vector<std::string> warnings;
  check_simple(read(bytes + "cut", {}, &warnings));
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Catch::EndsWith("the data end inside a record"));
}

TEST_CASE("mf4: of listed blocks, the last one may have no length yet", "[mf4]") {
  Log log;
  const std::uint64_t channels = log.channels(simple_channels(log, 2));
  const std::uint64_t group = log.group(0, channels, {.bytes = 12});
  const std::uint64_t first =
      log.image.add("DT", {}, record("", 0, 0x100, "ab") + record("", 1000, 0x101, "ab"));
  const std::uint64_t list = log.image.add("DL", {0, first, 0, 0}, list_data(3));
  log.data_group(0, group, list);
  log.image.set_link(list, 2, 64 + log.image.bytes().size());
  log.image.add("DT", {}, "");
  check_simple(read(log.bytes("UnFinMF ", 411, 5) + record("", 2000, 0x102, "ab")));
}

TEST_CASE("mf4: mixed records of groups by time, with data in a group of their own", "[mf4]") {
  Log log;
  const std::uint64_t values = log.group(0, 0, {.id = 2, .flags = 1});
  auto variable = simple_channels(log, 4);
  variable[2].kind = 1;
  variable[2].data = values;
  const std::uint64_t first =
      log.group(values, log.channels(variable), {.id = 1, .count = 4, .bytes = 14});
  const std::uint64_t other =
      log.group(first, log.channels(simple_channels(log, 1)), {.id = 300, .count = 1, .bytes = 11});
  const auto value = [](std::string_view data) {
    return number_bytes(2, 2) + number_bytes(data.size(), 4) + std::string(data);
  };
  const std::string one = number_bytes(1, 2);
  std::string records = record(one, 5000, 0x7FF, number_bytes(0, 4)) + value("xyz") +
                        record(number_bytes(300, 2), 4000, 0x1000, "!") +
                        record(one, 5500, 3, number_bytes(5, 4)) +
                        record(one, 6000, 1, number_bytes(7, 4)) + value("") +
                        record(one, 7000, 2, number_bytes(99, 4));
  log.data_group(2, other, log.image.add("DT", {}, records));
  std::vector<std::string> warnings;
  const auto got = read(log.bytes(), {}, &warnings);
  REQUIRE(got.size() == 3);
  CHECK(got[0].timestamp == kStart + 4ms);
  CHECK(got[0].extended);
  CHECK(got[1].length == 3);
  CHECK(got[1].data[2] == 'z');
  CHECK(got[2].timestamp == kStart + 6ms);
  CHECK(got[2].length == 0);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Catch::Contains("left out 2 frames"));
}

TEST_CASE("mf4: data in blocks of values", "[mf4]") {
  Log log;
  auto channels = simple_channels(log, 8);
  channels[2].kind = 1;
  channels[2].data =
      log.image.add("SD", {}, number_bytes(1, 4) + "A" + number_bytes(12, 4) + "twelve bytes");
  const std::uint64_t group = log.group(0, log.channels(channels), {.count = 2, .bytes = 18});
  log.data_group(
      0, group,
      log.image.add("DT", {},
                    record("", 0, 1, number_bytes(5, 8)) + record("", 1, 2, number_bytes(0, 8))));
  const auto got = read(log.bytes());
  REQUIRE(got.size() == 2);
  CHECK(got[0].fd);
  CHECK(got[0].length == 12);
  CHECK(got[0].data[11] == 's');
  CHECK(got[1].length == 1);
  CHECK(got[1].data[0] == 'A');
}

TEST_CASE("mf4: fields of bits, of either byte order, constant and invalid ones", "[mf4]") {
  Log log;
  const std::uint64_t nine = log.conversion(1, {9, 0}),
                      lengths = log.conversion(5, {0, 0, 8, 8, 9, 12, 15, 64});
  const std::string k = "CAN_DataFrame.";
  const std::string names[] = {k + "BusChannel", k + "ID",  k + "DLC", k + "DataLength",
                               k + "EDL",        k + "Dir", k + "BRS"};
  const std::uint64_t channels = log.channels({
      {.name = "t", .bits = 64, .kind = 2, .sync = 1, .type = 5},  // seconds, big-endian double
      {.name = names[0], .kind = 6, .conversion = nine},
      {.name = names[1], .byte = 8, .bits = 29, .bit = 3},
      {.name = names[2], .byte = 12, .bits = 4, .bit = 2},
      {.name = names[3], .byte = 12, .bits = 4, .bit = 2, .conversion = lengths},
      {.name = names[4], .byte = 12, .bits = 1, .bit = 6},
      {.name = names[5], .byte = 12, .bits = 1, .bit = 7, .flags = 2, .invalidation_bit = 1},
      {.name = names[6], .byte = 12, .bits = 1, .bit = 7},
  });
  const std::uint64_t group = log.group(0, channels, {.count = 2, .bytes = 13, .invalid = 1});
  const auto record = [](char invalid) {
    const std::string seconds("\x3F\xF8\0\0\0\0\0\0", 8);  // 1.5
    return seconds + number_bytes(0x1ABCDEF0u << 3 | 7, 4) +
           static_cast<char>(9 << 2 | 1 << 6 | 1 << 7) + invalid;
  };
  log.data_group(0, group, log.image.add("DT", {}, record(0) + record(2)));
  const auto got = read(log.bytes());
  REQUIRE(got.size() == 2);
  CHECK(got[0].timestamp == kStart + 1500ms);
  CHECK(got[0].channel.name() == "9");
  CHECK(got[0].id == 0x1ABCDEF0);
  CHECK(got[0].length == 12);
  CHECK(got[0].fd);
  CHECK(got[0].brs);
  CHECK(got[0].transmitted);
  CHECK_FALSE(got[1].transmitted);
}

TEST_CASE("mf4: error frames by their type, and overload frames as events", "[mf4]") {
  Log log;
  const auto add = [&](std::string_view kind, std::string_view member, std::uint64_t next) {
    const std::string name = std::string(kind) + "." + std::string(member);
    const std::uint64_t channels =
        log.channels({{.name = "t", .bits = 8, .kind = 2, .sync = 1}, {.name = name, .byte = 1}});
    return log.group(next, channels, {.id = next ? 1u : 2u, .count = 1, .bytes = 2});
  };
  const std::uint64_t overload = add("CAN_OverloadFrame", "BusChannel", 0),
                      error = add("CAN_ErrorFrame", "ErrorType", overload);
  log.data_group(1, error, log.image.add("DT", {}, "\x02\x01\x07\x01\x02\x03"));
  std::vector<std::string> events;
  LogOptions options;
  options.on_event = [&](const LogEvent& event) { events.push_back(event.text); };
  const auto got = read(log.bytes(), options);
  REQUIRE(got.size() == 1);
  CHECK(got[0].error);
  CHECK(got[0].timestamp == kStart + 2s);
  CHECK(got[0].data[error_bits::kProtocolKind] == error_bits::kStuff);
  CHECK(events == std::vector<std::string>{"overload frame on channel 7"});
}

TEST_CASE("mf4: what can't be read is refused in words", "[mf4]") {
  using mf4::Image;
  const auto refused = [](auto put_data, std::uint64_t count = 3) {
    std::vector<std::string> warnings;
    read(simple_log(put_data, count), {}, &warnings);
    return warnings.empty() ? "" : warnings[0];
  };
  const auto of_type = [&](const char* type) {
    return refused(
        [=](Image& image, const std::string& data) { return image.add(type, {}, data); });
  };
  CHECK_THAT(of_type("DV"), Catch::Contains("column-oriented"));
  CHECK_THAT(of_type("TX"), Catch::Contains("expected data, got a block of type TX"));
  CHECK_THAT(refused([](Image& image, const std::string& data) {
               const auto block = image.add("DT", {}, data);
               return image.add("DL", {0, block, block}, list_data(2));
             }),
             Catch::Contains("a data block that occurs twice"));
  CHECK_THAT(refused([](Image& image, const std::string&) {
               return image.add("DZ", {}, std::string("DT\2\0", 4) + std::string(20, '\0'));
             }),
             Catch::Contains("compression 2 can't be read"));
  CHECK_THAT(refused([](Image& image, const std::string&) {
               return image.add("DZ", {},
                                std::string("DT\0\0\0\0\0\0", 8) + number_bytes(1 << 20, 8) +
                                    number_bytes(1, 8) + "x");
             }),
             Catch::Contains("impossible size"));
  CHECK_THAT(refused([](Image& image, const std::string& d) { return image.add("DT", {}, d); }, 4),
             Catch::Contains("a group of 4 records has 3"));
  CHECK_THROWS_WITH(read(Log().bytes("MDF     ", 330)), Catch::Contains("only MDF 4 can be read"));
}

TEST_CASE("mf4: times are the decimal numbers that their writer had", "[mf4]") {
  CHECK(mf4::nanoseconds_of(0.1, 0) == 100'000'000);
  CHECK(mf4::nanoseconds_of(-87614407.39640498, 0) == -87'614'407'396'404'980);
  CHECK(mf4::nanoseconds_of(1700000000.123456, 0) == 1'700'000'000'123'456'000);
  CHECK(mf4::nanoseconds_of(299082100000.0, 9) == 299'082'100'000);
  CHECK_FALSE(mf4::nanoseconds_of(1e10, 0).has_value());
  CHECK_FALSE(mf4::nanoseconds_of(std::numeric_limits<double>::quiet_NaN(), 0).has_value());
}

TEST_CASE("mf4: a log whose writer was killed has all up to its last flush", "[mf4]") {
  std::string bytes;
  auto writer = mf4::create_writer(memory_sink(bytes), {});
  const auto write = [&](std::chrono::nanoseconds time) {
    const Message message{.timestamp = time, .id = 1, .channel = Channel("2"), .length = 1};
    writer->write({&message, 1});
  };
  write(kStart + 1ms);
  writer->flush();
  write(kStart + 2ms);
  writer->flush();
  write(kStart + 3ms);
  const std::string killed = bytes;
  CHECK(killed.starts_with("UnFinMF "));
  CHECK(read(killed).size() == 2);
  writer->close();
  CHECK(bytes.starts_with("MDF     4.10    "));
  CHECK(read(bytes).size() == 3);
}

TEST_CASE("mf4: messages of all channels come back by time, markers between them", "[mf4]") {
  std::string bytes;
  auto writer = mf4::create_writer(memory_sink(bytes), {});
  CHECK(writer->event("before"));
  for (const int ms : {3, 1, 2}) {
    const Message message{
        .timestamp = kStart + ms * 1ms, .channel = Channel(std::to_string(ms)), .length = 0};
    writer->write({&message, 1});
  }
  CHECK(writer->event("<overtaking>"));
  CHECK(writer->event("dated", kStart + 1500us));
  writer->close();
  std::vector<std::string> seen;
  LogOptions options{.zone = {.local = false}};
  options.on_event = [&](const LogEvent& event) { seen.push_back(event.text + event.remark); };
  auto reader = mf4::open_reader(memory_source(bytes), options);
  for (const Message& message : reader->messages()) seen.emplace_back(message.channel.name());
  CHECK(seen == std::vector<std::string>{"marker 'before'before", "1", "marker 'dated'dated",
                                         "marker '<overtaking>'<overtaking>", "2", "3"});
  CHECK(reader->writer() == "cansuite");
}

TEST_CASE("mf4: a marker is told of before frames behind it are returned", "[mf4]") {
  std::string bytes;
  auto writer = mf4::create_writer(memory_sink(bytes), {});
  Message batch[3];
  for (int i = 0; i < 3; ++i) batch[i].timestamp = kStart + i * 1ms;
  writer->write(batch);
  CHECK(writer->event("dated", kStart + 1500us));
  writer->close();
  std::vector<std::string> seen;
  LogOptions options{.zone = {.local = false}};
  options.on_event = [&](const LogEvent& event) { seen.push_back(event.remark); };
  auto reader = mf4::open_reader(memory_source(bytes), options);
  CHECK(reader->read(batch) == 3);
  CHECK(seen == std::vector<std::string>{"dated"});
}
