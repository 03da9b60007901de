// SPDX-License-Identifier: MIT
// What an MDF 4 log may have at most, and what lists without end and shared data are.
#include <catch2/catch.hpp>

#include "formats/mf4/data_image.h"
#include "formats/mf4/mf4.h"
#include "tests/mf4_builder.h"

using namespace can;
using mf4_builder::Log;
using mf4_builder::number_bytes;

namespace {

constexpr std::uint32_t kRecord = 12;   // bytes: time in s, id, a data byte
constexpr std::uint32_t kLarge = 4096;  // with bytes of no channel

struct Result {
  std::vector<Message> messages{};
  std::vector<std::string> warnings{};
};

Result read(const std::string& bytes, unsigned threads = 1) {
  Result result;
  const auto reader =
      mf4::open_reader(memory_source(bytes), {.zone = {.local = false}, .threads = threads});
  reader->keep_going(true);
  Message batch[64];
  while (const std::size_t count = reader->read(batch))
    result.messages.insert(result.messages.end(), batch, batch + count);
  result.warnings = reader->warnings();
  return result;
}

std::string record(std::uint64_t time, std::uint32_t id) {
  return number_bytes(time, 7) + number_bytes(id, 4) + "x";
}

std::uint64_t channels(Log& log) {
  return log.channels({{.name = "t", .bits = 56, .kind = 2, .sync = 1},
                       {.name = "CAN_DataFrame.ID", .byte = 7, .bits = 32},
                       {.name = "CAN_DataFrame.DataBytes", .byte = 11, .bits = 8, .type = 10}});
}

void add_sorted(Log& log, std::uint64_t data, std::uint64_t count, std::uint32_t size = kRecord) {
  log.data_group(0, log.group(0, channels(log), {.count = count, .bytes = size}), data);
}

/// So many records with ids from `first` on, at the times of their ids.
std::string records(std::uint32_t first, std::uint32_t count, std::uint32_t size = kRecord) {
  std::string bytes;
  for (std::uint32_t i = first; i < first + count; ++i) {
    bytes += record(i, i % 0x700);
    bytes.append(size - kRecord, '\0');
  }
  return bytes;
}

/// A DZ block of large records, transposed.
std::uint64_t add_compressed(Log& log, std::string_view records) {
  mf4::DataImage data;
  data.record_size = kLarge;
  data.size = records.size();
  records.copy(data.records.room(data.size), data.size);
  mf4::make_block(data, 1);
  const auto length = get<std::uint64_t>(data.block.data() + 8);
  return log.image.add("DZ", {}, {data.block.data() + 24, length - 24});
}

std::string log_of_groups(std::uint32_t count) {
  Log log;
  for (std::uint32_t i = 0; i < count; ++i)
    add_sorted(log, log.image.add("DT", {}, records(count - i, 1)), 1);
  return log.bytes();
}

std::string log_of_mixed_groups(std::uint32_t count) {
  Log log;
  std::string bytes;
  std::uint64_t group = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    group = log.group(group, channels(log), {.id = i, .count = 1, .bytes = kRecord});
    bytes += number_bytes(i, 2) + records(i, 1);
  }
  log.data_group(2, group, log.image.add("DT", {}, bytes));
  return log.bytes();
}

bool in_order(const std::vector<Message>& messages) {
  return std::is_sorted(messages.begin(), messages.end(), [](const Message& a, const Message& b) {
    return a.timestamp < b.timestamp;
  });
}

}  // namespace

TEST_CASE("mf4: thousands of groups with data of their own, hundreds that are mixed", "[mf4]") {
  const Result many = read(log_of_groups(4096)), more = read(log_of_groups(4097));
  CHECK(many.messages.size() == 4096);
  CHECK(many.warnings.empty());
  CHECK(in_order(many.messages));
  CHECK(more.messages.size() == 4096);
  REQUIRE(more.warnings.size() == 1);
  CHECK_THAT(more.warnings[0], Catch::EndsWith("more than 4096 groups of CAN frames"));
  CHECK(read(log_of_mixed_groups(256)).messages.size() == 256);
  const Result mixed = read(log_of_mixed_groups(257));
  CHECK(mixed.messages.size() == 256);
  REQUIRE(mixed.warnings.size() == 1);
  CHECK_THAT(mixed.warnings[0], Catch::EndsWith("256 groups of CAN frames in one data group"));
}

TEST_CASE("mf4: compressed blocks of up to 32 MiB, of groups that take turns", "[mf4]") {
  constexpr std::uint32_t kCount = 32 * 1024 * 1024 / kLarge;
  Log log;
  for (const std::uint32_t first : {1u, 5u}) {
    const std::uint64_t large = add_compressed(log, records(first, kCount, kLarge)),
                        small = add_compressed(log, records(first + kCount, 1, kLarge));
    const std::uint64_t list =
        log.image.add("DL", {0, large, small}, number_bytes(0, 4) + number_bytes(2, 4));
    add_sorted(log, list, kCount + 1, kLarge);
  }
  for (const unsigned threads : {1u, 3u}) {
    const Result result = read(log.bytes(), threads);
    CHECK(result.warnings.empty());
    CHECK(result.messages.size() == 2 * (kCount + 1));
    CHECK(in_order(result.messages));
  }
  Log over;
  add_sorted(over, add_compressed(over, records(1, kCount + 1, kLarge)), kCount + 1, kLarge);
  CHECK_THAT(read(over.bytes()).warnings.at(0), Catch::EndsWith("block of more than 32 MiB"));
}

TEST_CASE("mf4: lists that are circles end with the size of the file", "[mf4]") {
  Log lists;
  const std::uint64_t list = lists.image.add("DL", {0}, number_bytes(0, 4) + number_bytes(0, 4));
  lists.image.set_link(list, 0, list);
  add_sorted(lists, list, 1);
  CHECK_THAT(read(lists.bytes()).warnings.at(0),
             Catch::EndsWith("more data blocks than the file can have"));
  Log groups;
  add_sorted(groups, groups.image.add("DT", {}, records(1, 1)), 1);
  groups.image.set_link(groups.last_group, 0, groups.last_group);
  const Result result = read(groups.bytes());
  CHECK_THAT(result.warnings.at(0), Catch::Contains("a list that is a circle"));
}

TEST_CASE("mf4: groups that share their data are refused once the file can't have so many",
          "[mf4]") {
  Log log;
  const std::uint64_t data = log.image.add("DT", {}, records(1, 10'000));
  for (int i = 0; i < 10; ++i) add_sorted(log, data, 10'000);
  const Result result = read(log.bytes());
  CHECK(result.messages.size() == 20'000);
  REQUIRE(result.warnings.size() == 8);
  CHECK_THAT(result.warnings[0], Catch::EndsWith("more data blocks than the file can have"));
}

TEST_CASE("mf4: in a log that isn't finalised, padding is no record", "[mf4]") {
  Log log;
  const std::uint64_t first = log.image.add("DT", {}, records(1, 1)),  // 12 bytes, 4 of padding
      last = log.image.add("DT", {}, records(2, 3)),
                      list = log.image.add("DL", {0, first, last},
                                           number_bytes(0, 4) + number_bytes(2, 4));
  add_sorted(log, list, 0);
  const Result result = read(log.bytes("UnFinMF ", 411, 5));
  CHECK(result.warnings.empty());
  REQUIRE(result.messages.size() == 4);
  CHECK(result.messages[1].id == 2);
  CHECK(result.messages[3].id == 4);
}

TEST_CASE("mf4: in a log that isn't finalised, the data of each group end before another block",
          "[mf4]") {
  constexpr std::uint64_t kLength = std::uint64_t{0} - 2;  // where a link in front of the links is
  constexpr std::uint32_t kGroups = 300;
  Log log;
  for (std::uint32_t i = 0; i < kGroups; ++i) {
    const std::uint64_t data = log.image.add("DT", {}, records(2 * i, 2));
    log.image.set_link(data, kLength, 24);  // as of a block without data
    add_sorted(log, data, 0);
  }
  const Result result = read(log.bytes("UnFinMF ", 411, 5));
  CHECK(result.warnings.empty());
  REQUIRE(result.messages.size() == 2 * kGroups);
  for (std::uint32_t i = 0; i < 2 * kGroups; ++i) CHECK(result.messages[i].id == i);
}

TEST_CASE("mf4: a wrong length of a data block costs no other group its data", "[mf4]") {
  constexpr std::uint64_t kLength = std::uint64_t{0} - 2;  // as above
  constexpr std::uint32_t kGroups = 4, kCount = 100;
  for (const std::uint64_t length : {std::uint64_t{5'000}, std::uint64_t{1} << 40U}) {
    Log log;
    for (std::uint32_t i = 0; i < kGroups; ++i) {
      const std::uint64_t data = log.image.add("DT", {}, records(i * kCount, kCount));
      if (i == 0) log.image.set_link(data, kLength, length);
      add_sorted(log, data, kCount);
    }
    CHECK(read(log.bytes()).messages.size() == kGroups * kCount);
  }
}

TEST_CASE("mf4: compressed blocks of wrong lengths cost no other group its data", "[mf4]") {
  constexpr std::uint64_t kLength = std::uint64_t{0} - 2;  // as above
  Log log;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const std::uint64_t data = add_compressed(log, records(10 * i, 10, kLarge));
    if (i < 3) log.image.set_link(data, kLength, std::uint64_t{1} << 40U);
    add_sorted(log, data, 10, kLarge);
  }
  CHECK(read(log.bytes()).messages.size() == 10);
}
