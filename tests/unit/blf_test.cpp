// SPDX-License-Identifier: MIT
// BLF logs put together byte by byte: what no writer of ours makes, and what damage does.

#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

using namespace can;
using namespace std::literals;

namespace {

template <class... Numbers>
std::string pack(Numbers... numbers) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&numbers), sizeof numbers), ...);
  return bytes;
}

using U8 = std::uint8_t;
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

/// 2024-02-29 23:59:58.997 in the tests' zone, UTC.
constexpr auto kStart = std::chrono::seconds(1'709'251'198) + 997ms;
const LogOptions kUtc = {.zone = {.local = false}, .threads = 1};

std::string file(const std::string& objects) {
  std::string header = "LOGG" + pack(U32{144}) + std::string(32, '\0');
  header += pack(U16{2024}, U16{2}, U16{4}, U16{29}, U16{23}, U16{59}, U16{58}, U16{997});
  header.resize(144);
  return header + objects;
}

struct Kind {
  U32 type = 1;
  U16 version = 1;
  U32 flags = 2;
};

std::string object(const Kind& kind, std::int64_t time, const std::string& body) {
  const U16 header = kind.version == 2 ? 40 : 32;
  std::string bytes = "LOBJ" + pack(header, kind.version, U32(header + body.size()), kind.type);
  bytes += pack(kind.flags, U32{0}, time);
  bytes.resize(header);
  return bytes + body;
}

/// A classic frame of 8 bytes.
std::string frame(U32 id, std::int64_t time = 0, const Kind& kind = {}) {
  return object(kind, time, pack(U16{1}, U8{0}, U8{8}, id) + "12345678");
}

std::string container(U16 compression, U32 unpacked_size, const std::string& data) {
  const std::string bytes = "LOBJ" + pack(U16{16}, U16{1}, U32(32 + data.size()), U32{10}) +
                            pack(compression, U16{0}, U32{0}, unpacked_size, U32{0}) + data;
  return bytes + std::string(bytes.size() % 4, '\0');
}

std::string stored(const std::string& objects) {
  return container(0, U32(objects.size()), objects);
}

std::string deflated(const std::string& objects) {
  uLongf size = compressBound(objects.size());
  std::string data(size, '\0');
  compress(reinterpret_cast<Bytef*>(data.data()), &size,
           reinterpret_cast<const Bytef*>(objects.data()), objects.size());
  data.resize(size);
  return data;
}

std::string packed(const std::string& objects) {
  return container(2, U32(objects.size()), deflated(objects));
}

struct Got {
  std::vector<Message> messages;
  std::vector<std::string> warnings;
  std::string error;

  std::vector<U32> ids() const {
    std::vector<U32> all;
    for (const Message& m : messages) all.push_back(m.id);
    return all;
  }
};

Got read(const std::string& bytes, bool keep_going = false) {
  Got got;
  try {
    auto reader = find_format("blf")->open(memory_source(bytes, "x.blf"), kUtc);
    reader->keep_going(keep_going);
    std::vector<Message> some(3);
    for (Message& dirty : some) dirty.data.fill(0xEE);  // a reader leaves nothing of it
    try {
      while (const std::size_t n = reader->read(some))
        got.messages.insert(got.messages.end(), some.begin(), some.begin() + static_cast<long>(n));
    } catch (const Error& error) {
      got.error = error.what();
    }
    got.warnings = reader->warnings();
  } catch (const Error& error) {
    got.error = error.what();
  }
  return got;
}

void check_whole(const Got& got, const std::vector<U32>& ids) {
  CHECK(got.ids() == ids);
  CHECK(got.error.empty());
  CHECK(got.warnings.empty());
}

std::string write(std::span<const Message> messages, const LogOptions& options,
                  std::string bytes = {}) {
  auto writer = find_format("blf")->create(memory_sink(bytes), options);
  writer->write(messages);
  writer->close();
  return bytes;
}

template <class Number>
Number number_at(const std::string& bytes, std::size_t offset) {
  Number value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::vector<Message> many(std::size_t count) {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) {
    Message m{.timestamp = kStart + std::chrono::microseconds(i * 400),
              .id = U32(i % 0x700),
              .channel = Channel("1"),
              .length = 8};
    std::memcpy(m.data.data(), &i, 8);
    messages.push_back(m);
  }
  return messages;
}

}  // namespace

TEST_CASE("blf: an object may go on in the next container at any byte") {
  const std::string objects = frame(1) + frame(2) + frame(3);
  for (std::size_t cut = 0; cut <= objects.size(); ++cut) {
    CAPTURE(cut);
    check_whole(read(file(packed(objects.substr(0, cut)) + packed(objects.substr(cut)))),
                {1, 2, 3});
  }
  std::string single;
  for (char byte : objects) single += stored(std::string(1, byte)) + stored("");
  check_whole(read(file(single)), {1, 2, 3});
}

TEST_CASE("blf: padding between objects") {
  for (std::size_t size = 0; size <= 8; ++size) {
    const std::string padding(size, '\0');
    check_whole(read(file(stored(frame(1) + padding + frame(2) + padding))), {1, 2});
    check_whole(read(file(stored(frame(1)) + padding + stored(frame(2)) + padding)), {1, 2});
  }
  const Got got = read(file(stored(frame(1) + std::string(100, '\0') + frame(2))));
  CHECK(got.ids() == std::vector<U32>{1, 2});
  CHECK(got.warnings ==
        std::vector<std::string>{
            "x.blf: offset 0x90: byte 148 in the container: skipped 100 bytes that are no object"});
}

TEST_CASE("blf: junk between objects ends the reading, or is skipped") {
  const std::string log = file(stored(frame(1) + "this is junk, LOBJ and more junk" + frame(2)));
  CHECK(read(log).ids() == std::vector<U32>{1});
  CHECK(read(log).error == "x.blf: offset 0x90: byte 48 in the container: expected an object");
  CHECK(read(log, true).ids() == std::vector<U32>{1, 2});
  const std::string near = file(stored(frame(1) + "junk LOBJ, and more of it" + frame(2)));
  CHECK_THAT(read(near).error, Catch::Contains("expected an object, got an object of "));
  CHECK(read(near, true).ids() == std::vector<U32>{1, 2});
}

TEST_CASE("blf: half an object before what is no container") {
  const std::string half = frame(2).substr(0, 20);
  const std::string log =
      file(stored(frame(1) + half) + "no container, no object" + stored(frame(3)));
  CHECK(read(log).ids() == std::vector<U32>{1});
  CHECK_THAT(read(log).error, Catch::Contains("x.blf: offset 0x"));
  CHECK(read(log, true).ids() == std::vector<U32>{1, 3});
}

TEST_CASE("blf: times") {
  const Kind tens{.flags = 1}, other{.flags = 7}, original{.version = 2}, newest{.version = 3};
  const Got got =
      read(file(stored(frame(1, 5) + frame(2, 5, tens) + frame(3, -5) + frame(4, 5, original) +
                       frame(5, 5, newest) + frame(6, 5, other) + frame(7, INT64_MAX) +
                       frame(8, INT64_MAX / 2, tens) + frame(9, INT64_MIN, tens))));
  const std::chrono::nanoseconds want[] = {kStart + 5ns,    kStart + 50us,   kStart - 5ns,
                                           kStart + 5ns,    kStart + 5ns,    kStart + 5ns,
                                           1ns * INT64_MAX, 1ns * INT64_MAX, 1ns * INT64_MIN};
  REQUIRE(got.messages.size() == std::size(want));
  for (std::size_t i = 0; i < std::size(want); ++i)
    CHECK(got.messages[i].timestamp.count() == want[i].count());
}

TEST_CASE("blf: unknown objects and header versions are skipped") {
  const std::string text = object({.type = 65}, 0, std::string(1'000'003, 'x')) + "\0\0\0"s;
  check_whole(read(file(packed(frame(1) + text + frame(2)))), {1, 2});
  const Got got = read(file(stored(frame(1) + frame(2, 0, {.version = 4}) + frame(3))));
  CHECK(got.ids() == std::vector<U32>{1, 3});
  CHECK(got.warnings.size() == 1);
}

TEST_CASE("blf: CAN_FD_MESSAGE_64 with less data stored than valid") {
  const auto fd = [](U8 extended_data, const std::string& data) {
    return object({.type = 101}, 0,
                  pack(U8{2}, U8{15}, U8{64}, U8{0}, U32{0x80000123}, U32{0}, U32{0x7000}) +
                      std::string(18, '\0') + pack(U8{1}, extended_data, U32{0}) + data);
  };
  const Got got = read(file(stored(fd(0, std::string(48, 'a')) + fd(72 + 56, std::string(64, 'b')) +
                                   fd(0x50, std::string(72, 'c')))));
  CHECK(got.error.empty());
  REQUIRE(got.messages.size() == 3);
  const Message& m = got.messages[0];
  CHECK((m.fd && m.brs && m.esi && m.extended && m.transmitted && m.id == 0x123));
  CHECK(m.channel.name() == "2");
  const auto letters = [](const Message& in) {
    return in.length - std::ranges::count(in.payload(), 0);
  };
  CHECK(letters(got.messages[0]) == 48);  // as CANcaseXL writes it: the rest reads as zeros
  CHECK(letters(got.messages[1]) == 56);  // the extended data aren't frame data
  CHECK(letters(got.messages[2]) == 64);  // an offset that can't be true
}

TEST_CASE("blf: what the header says") {
  std::vector<Message> messages(5000, {.timestamp = 1'700'000'000s, .id = 1, .length = 8});
  messages.back().timestamp += 3723s + 42ms;  // 22:13:20 UTC, and 23:15:23.042
  for (const int level : {0, 6}) {
    LogOptions options = kUtc;
    options.options["compression-level"] = std::to_string(level);
    const std::string bytes = write(messages, options);
    CHECK(number_at<U32>(bytes, 4) == 144);
    CHECK(number_at<std::uint64_t>(bytes, 16) == bytes.size());
    CHECK(number_at<U32>(bytes, 32) == messages.size());
    std::uint64_t unpacked = 144;  // as if no container were packed
    for (std::size_t at = 144; at < bytes.size();) {
      REQUIRE(bytes.substr(at, 4) == "LOBJ");
      unpacked += 32 + number_at<U32>(bytes, at + 24);
      const std::size_t size = number_at<U32>(bytes, at + 8);
      at += size + size % 4;
    }
    CHECK(number_at<std::uint64_t>(bytes, 24) == unpacked);
    CHECK(unpacked > 144 + 48 * messages.size());
    const auto civil = [&](std::size_t at) {
      std::vector<int> fields;
      for (std::size_t i = 0; i < 8; ++i) fields.push_back(number_at<U16>(bytes, at + 2 * i));
      return fields;
    };
    CHECK(civil(40) == std::vector<int>{2023, 11, 2, 14, 22, 13, 20, 0});
    CHECK(civil(56) == std::vector<int>{2023, 11, 2, 14, 23, 15, 23, 42});
  }
}

TEST_CASE("blf: codes out of range") {
  const auto message = [](U8 flags, U8 dlc, U32 id) {
    return object({}, 0, pack(U16{0}, flags, dlc, id) + "12345678");
  };
  const Got got = read(file(stored(message(0, 255, 0x800) + message(0x80, 13, 5))));
  REQUIRE(got.messages.size() == 2);
  CHECK(got.messages[0].channel.name() == "0");
  CHECK(got.messages[0].raw_dlc == 15);
  CHECK((got.messages[0].extended && got.messages[0].id == 0x800));
  CHECK(got.messages[1].remote);
  CHECK(read(file(stored(object({}, 0, "123") + frame(2))), true).ids() == std::vector<U32>{2});
  CHECK(read(file(stored(object({.type = 100}, 0, "123")))).error ==
        "x.blf: offset 0x90: byte 0 in the container: expected a frame of 20 bytes, got an object "
        "with 3");
}

TEST_CASE("blf: error frames become those of SocketCAN") {
  const auto error = [](U32 flags, U8 sja, U16 core) {
    return object(
        {.type = 73}, 0,
        pack(U16{6}, U16{0}, flags, sja, U8{0}, U8{8}, U8{0}, U32{0}, U32{4}, core, U16{0}) +
            "12345678");
  };
  const Got got =
      read(file(stored(error(0xFFFE, 0x81, 0x207B) + error(2, 0, 0x11C0) + error(1, 0x81, 0) +
                       error(0, 0, 0) + object({.type = 2}, 0, pack(U16{1}, U16{0})) +
                       object({.type = 3}, 0, pack(U16{1}, U16{0}, U32{0})))));
  REQUIRE(got.messages.size() == 5);
  const auto detail = [&](std::size_t i) {
    return std::tuple(got.messages[i].id, int{got.messages[i].data[2]},
                      int{got.messages[i].data[3]});
  };
  CHECK(detail(0) == std::tuple(0x88u, 0x02, 0x1B));  // form error in the ACK delimiter
  CHECK(detail(1) == std::tuple(0xA8u, 0x80, 0x19));  // no acknowledgement while transmitting
  CHECK(detail(2) == std::tuple(0x88u, 0x84, 0x01));  // stuff error while transmitting
  CHECK(detail(3) == std::tuple(0x04u, int{'3'}, int{'4'}));  // no code: id and data are meant
  CHECK(detail(4) == std::tuple(0x88u, 0, 0));                // CAN_ERROR tells no more
  CHECK(std::ranges::all_of(got.messages, [](const Message& m) { return bool{m.error}; }));
}

TEST_CASE("blf: objects outside of containers, containers in containers") {
  const Got got = read(file(frame(1) + stored(frame(2)) + frame(3)));
  CHECK(got.ids() == std::vector<U32>{1, 2, 3});
  CHECK(got.warnings ==
        std::vector<std::string>{"x.blf: offset 0x90: frames outside of containers"});
  CHECK(got.error.empty());
  std::string nested = frame(1);
  for (int i = 0; i < 100; ++i) nested = stored(nested);
  CHECK(read(file(nested)).messages.empty());
  CHECK(read(file(nested)).warnings.size() == 1);
}

TEST_CASE("blf: a damaged container costs no more than itself") {
  std::string objects;
  for (U32 id = 0; id < 1000; ++id) objects += frame(id, id * 1234567);
  std::string bad = packed(objects);
  bad[bad.size() - 100] = static_cast<char>(bad[bad.size() - 100] ^ 0x55);
  const std::string log = file(bad + packed("the end of an object" + frame(2000)));
  const Got strict = read(log);
  CHECK(strict.error ==
        "x.blf: offset 0x90: the compressed data are damaged; messages of "
        "this container may be wrong");
  CHECK(strict.messages.size() > 800);
  const Got lenient = read(log, true);
  CHECK(lenient.messages.size() == strict.messages.size() + 1);
  CHECK(lenient.messages.back().id == 2000);

  std::string checksum = deflated(frame(1) + frame(2));
  checksum.back() = static_cast<char>(checksum.back() ^ 1);
  CHECK(read(file(container(2, 96, checksum) + stored(frame(3))), true).ids() ==
        std::vector<U32>{1, 2, 3});
}

TEST_CASE("blf: a container that was cut before others were appended costs its rest only") {
  std::string first;
  for (U32 id = 1; id <= 100; ++id) first += frame(id);
  const bool is_packed = GENERATE(true, false);
  const std::string whole = is_packed ? packed(first) : stored(first);
  for (std::size_t cut = 33; cut < whole.size() - 4; cut += 11) {
    CAPTURE(is_packed, cut, whole.size());
    const std::string behind = packed(frame(0x701)) + packed(frame(0x702));
    const std::string log = file(whole.substr(0, cut) + behind);
    if (cut + behind.size() >= whole.size() && cut + behind.size() < whole.size() + 4)
      continue;  // it ends where it says: nothing tells that it was cut
    const Got got = read(log, true);
    REQUIRE(got.messages.size() >= 2);
    CHECK(got.messages.end()[-2].id == 0x701);
    CHECK(got.messages.back().id == 0x702);
    CHECK(got.warnings.size() > 0);
    CHECK(!read(log).error.empty());
  }
}

TEST_CASE("blf: CAN XL frames are left out, and that is told") {
  const std::string xl = object({.type = 139}, 0, std::string(104, '\0'));
  const Got got = read(file(packed(frame(1) + xl + xl + frame(2))));
  CHECK(got.ids() == std::vector<U32>{1, 2});
  REQUIRE(got.warnings.size() == 1);
  CHECK(got.warnings[0].starts_with("x.blf: 2 CAN XL frames left out, the first at offset 0x90"));
}

TEST_CASE("blf: logs joined to one count from starts of their own") {
  const auto log = [](int year, U32 id) {
    std::string head = file("");
    const std::uint16_t fields[] = {std::uint16_t(year), 1, 0, 1, 0, 0, 0, 0};
    std::memcpy(head.data() + 40, fields, sizeof fields);
    return head + packed(frame(id));
  };
  const Got got = read(log(2020, 1) + std::string(3, '\0') + log(2021, 2));
  REQUIRE(got.messages.size() == 2);
  CHECK(got.messages[1].timestamp - got.messages[0].timestamp == std::chrono::days(366));
  REQUIRE(got.warnings.size() == 1);
  CHECK(got.warnings[0].ends_with("another log begins here"));
  SECTION("behind a log that was cut") {
    const std::string first = log(2020, 1);
    const Got rest = read(first.substr(0, first.size() - 20) + log(2021, 2), true);
    REQUIRE(!rest.messages.empty());
    CHECK(rest.messages.back().id == 2);
    CHECK(rest.messages.back().timestamp == got.messages[1].timestamp);
  }
}

TEST_CASE("blf: sizes that lie") {
  const std::string data = deflated(frame(1) + frame(2));
  for (U32 claimed : {0u, 40u, 95u, 97u, 100'000u, 0xFFFFFFFFu}) {
    CAPTURE(claimed);
    CHECK(read(file(container(2, claimed, data) + stored(frame(3)))).ids() ==
          std::vector<U32>{1, 2, 3});
  }
  for (U32 size : {0u, 1u, 15u, 31u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    CAPTURE(size);
    std::string bad = frame(2);
    std::memcpy(bad.data() + 8, &size, 4);
    const Got inside = read(file(stored(frame(1) + bad)), true);
    CHECK(inside.messages.size() >= 1);
    CHECK(inside.warnings.size() >= 1);
    std::string outside = stored(frame(2));
    std::memcpy(outside.data() + 8, &size, 4);
    CHECK(read(file(stored(frame(1)) + outside), true).warnings.size() >= 1);
  }
  CHECK(read(file(container(3, 10, "0123456789") + stored(frame(1))), true).ids() ==
        std::vector<U32>{1});
}

TEST_CASE("blf: containers too large to unpack as a whole") {
  std::string objects;
  for (U32 id = 0; id < 30'000; ++id) objects += frame(id % 0x700);
  for (const std::string& one : {packed(objects), stored(objects)}) {
    const Got got = read(file(one + stored(frame(1))));
    CHECK(got.messages.size() == 30'001);
    CHECK(got.warnings.empty());
    const Got cut = read(file(one).substr(0, one.size() / 2));
    CHECK(cut.messages.size() > 10'000);
    CHECK(cut.error == "x.blf: offset 0x90: the log ends inside a container");
  }
}

TEST_CASE("blf: what is no BLF log") {
  for (const std::string& bytes : {""s, "LOGG"s, "BLOG"s + std::string(200, '\0')})
    CHECK(read(bytes).error == "x.blf: not a BLF log");
  std::string short_header = file("");
  short_header[4] = 16;
  CHECK(read(short_header).error == "x.blf: expected a file header of 144 bytes, got 16");
}

TEST_CASE("blf: containers are of 128 KiB, and the same on any number of threads") {
  const auto messages = many(20'000);
  LogOptions options = kUtc;
  options.options["compression-level"] = "0";
  const std::string bytes = write(messages, options);
  CHECK(number_at<U32>(bytes, 144 + 8) == 32 + 128 * 1024);
  CHECK(number_at<U64>(bytes, 16) == bytes.size());
  CHECK(number_at<U64>(bytes, 24) == 144 + 8 * 32 + 20'000 * 48);
  CHECK(number_at<U32>(bytes, 32) == 20'000);
  CHECK(number_at<U16>(bytes, 40 + 14) == 997);
  CHECK(read(bytes).messages == messages);
  for (int level : {1, 6, 9}) {
    options.options["compression-level"] = std::to_string(level);
    options.threads = 1;
    const std::string alone = write(messages, options);
    CHECK(read(alone).messages == messages);
    options.threads = 4;
    CHECK(write(messages, options) == alone);
  }
}

TEST_CASE("blf: times before the first message, and logs without a date") {
  auto messages = many(3);
  std::swap(messages[0].timestamp, messages[2].timestamp);
  std::string bytes;
  auto writer = find_format("blf")->create(memory_sink(bytes), kUtc);
  for (const Message& m : messages) writer->write({&m, 1});
  writer->close();
  CHECK(read(bytes).messages == messages);

  for (Message& m : messages) m.timestamp -= kStart - 2500us;
  const std::string undated = write(messages, kUtc);
  CHECK(number_at<U64>(undated, 40) == 0);
  CHECK(read(undated).messages == messages);
  const auto later = many(2);
  CHECK(read(write(later, kUtc, undated)).messages.back() == later.back());
}

TEST_CASE("blf: appending counts on, to an empty log too, and to nothing else") {
  const auto messages = many(4000);
  std::string bytes = write({}, kUtc);
  CHECK(bytes.size() == 144);
  bytes = write(messages, kUtc, write(messages, kUtc, bytes));
  CHECK(number_at<U32>(bytes, 32) == 8000);
  CHECK(number_at<U64>(bytes, 16) == bytes.size());
  CHECK(number_at<U16>(bytes, 40) == 2024);
  CHECK(read(bytes).messages.size() == 8000);
  CHECK_THROWS_WITH(write(messages, kUtc, "something else"), "memory: not a BLF log");
}

TEST_CASE("blf: remarks are markers, at any place") {
  std::string bytes;
  LogOptions options = kUtc;
  options.options["compression-level"] = "0";
  auto writer = find_format("blf")->create(memory_sink(bytes), options);
  writer->event("first");
  writer->flush();
  const auto messages = many(5000);
  for (const Message& m : messages) {
    writer->write({&m, 1});
    writer->event("five!");
  }
  writer->close();
  CHECK(bytes.find("commentfirst") != bytes.npos);
  CHECK(number_at<U16>(bytes, 40) == 2024);
  CHECK(number_at<U32>(bytes, 32) == 10'001);
  check_whole(read(bytes), [&] {
    std::vector<U32> ids;
    for (const Message& m : messages) ids.push_back(m.id);
    return ids;
  }());
}
