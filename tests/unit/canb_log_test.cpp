// SPDX-License-Identifier: MIT
// The format canb: batches in a row.

#include <catch2/catch.hpp>
#include <random>

#include "cansuite/error.h"
#include "cansuite/frame.h"
#include "formats/registry/registry.h"
#include "libcan/canb/canb.h"
#include "tests/temporary_folder.h"

using namespace can;
using canb::BatchInfo;

namespace {

const Format& format() { return *find_format("canb"); }

std::vector<Message> numbered(std::size_t count) {
  std::vector<Message> messages(count, frame(0x123, {1, 2, 3, 4, 5, 6, 7, 8}));
  for (std::size_t i = 0; i < count; ++i) {
    messages[i].timestamp = std::chrono::milliseconds(1'700'000'000'000 + static_cast<long>(i));
    messages[i].data[i % 8] = static_cast<std::uint8_t>(i);
  }
  return messages;
}

std::string batch(const BatchInfo& info, std::size_t frames = 10) {
  canb::Encoder encoder;
  encoder.add(numbered(frames));
  return encoder.take(info);
}

struct Found {
  std::size_t messages = 0;
  std::vector<std::string> warnings, events;
  std::string error;
};

Found read(const std::string& bytes, bool keep_going = false) {
  Found found;
  const LogOptions options{
      .on_event = [&](const LogEvent& event) { found.events.push_back(event.text); }};
  const auto reader = format().open(memory_source(bytes, "x.canb"), options);
  reader->keep_going(keep_going);
  std::vector<Message> some(7);
  try {
    while (const std::size_t count = reader->read(some)) found.messages += count;
  } catch (const Error& error) {
    found.error = error.what();
  }
  found.warnings = reader->warnings();
  return found;
}

/// The batches of a log.
std::vector<BatchInfo> infos(const std::string& bytes) {
  std::vector<BatchInfo> all;
  std::span<const std::uint8_t> left(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                     bytes.size());
  while (!left.empty()) {
    const std::size_t size = canb::size_of(left);
    all.push_back(canb::info_of(left.first(size)));
    left = left.subspan(size);
  }
  return all;
}

}  // namespace

TEST_CASE("a canb log has a batch for each 2,000 messages and each flush", "[canb]") {
  const auto messages = numbered(5000);
  for (const unsigned threads : {1u, 3u}) {
    std::string bytes;
    const auto writer = format().create(memory_sink(bytes), {.threads = threads});
    writer->write(std::span(messages).first(4100));
    writer->flush();
    CHECK(writer->size() == bytes.size());
    writer->flush();
    writer->write(std::span(messages).subspan(4100));
    CHECK(writer->size() > bytes.size());
    writer->close();
    CHECK(writer->size() == bytes.size());
    const auto all = infos(bytes);
    REQUIRE(all.size() == 4);
    const std::size_t firsts[] = {0, 2000, 4000, 4100};
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i].number == i);
      CHECK(all[i].first_frame == firsts[i]);
      CHECK(all[i].run == all[0].run);
    }
    CHECK(read(bytes).messages == 5000);
  }
}

TEST_CASE("a canb log without messages is an empty batch", "[canb]") {
  std::string bytes;
  format().create(memory_sink(bytes), {})->close();
  CHECK(infos(bytes).size() == 1);
  CHECK(read(bytes).messages == 0);
  format().create(memory_sink(bytes), {})->close();
  CHECK(infos(bytes).size() == 1);
}

TEST_CASE("a canb log tells what is missing before a batch", "[canb]") {
  const std::string log =
      batch({.run = 1, .number = 0}) +
      batch({.run = 1, .number = 1, .first_frame = 10, .dropped = 2}) +
      batch({.run = 1, .number = 4, .first_frame = 50, .dropped = 2}) +
      batch({.run = 1, .number = 5, .first_frame = 65, .dropped = 3, .dropped_here = 5});
  const Found found = read(log);
  CHECK(found.messages == 40);
  CHECK(found.error.empty());
  CHECK(found.events == std::vector<std::string>{
                            "2 messages lost on the bus", "30 messages missing",
                            "5 messages missing, 1 messages lost on the bus, 5 messages lost by "
                            "the program that recorded them"});
  REQUIRE(found.warnings.size() == 3);
  CHECK_THAT(found.warnings[0],
             Catch::Matches(R"(x\.canb: offset 0x[0-9a-f]+: 2 messages lost on the bus)"));
}

TEST_CASE("a part of a canb log, and logs that are joined, miss nothing", "[canb]") {
  const std::string part = batch({.run = 1, .number = 7, .first_frame = 70, .dropped = 9}),
                    next = batch({.run = 1, .number = 8, .first_frame = 80, .dropped = 9}),
                    other = batch({.run = 2, .number = 0}),
                    lossy = batch({.run = 3, .number = 0, .first_frame = 4, .dropped_here = 4});
  CHECK(read(part + next + other + other + part).warnings.empty());
  CHECK(read(lossy).warnings.size() == 1);
}

TEST_CASE("a damaged canb batch is named, and the next one found", "[canb]") {
  std::string log, first = batch({.run = 1, .number = 0}),
                   second = batch({.run = 1, .number = 1, .first_frame = 10});
  log = first + second + batch({.run = 1, .number = 2, .first_frame = 20});
  const std::size_t at = GENERATE(0u, 4u, 8u, 9u, 40u, 100u);
  CAPTURE(at);
  log[first.size() + at] = static_cast<char>(log[first.size() + at] ^ 0x41);
  const Found stopped = read(log);
  CHECK(stopped.messages == 10);
  CHECK_THAT(stopped.error,
             Catch::StartsWith(fmt::format("x.canb: offset 0x{:x}: ", first.size())));
  const Found all = read(log, true);
  CHECK(all.messages == 20);
  REQUIRE(all.warnings.size() == 3);
  CHECK_THAT(all.warnings[1],
             Catch::EndsWith(fmt::format(": skipped {} bytes that are no batch", second.size())));
  CHECK_THAT(all.warnings[2], Catch::EndsWith(": 10 messages missing"));
}

TEST_CASE("a canb log that is cut gives the batches before, also where another one follows",
          "[canb]") {
  const std::string first = batch({}), second = batch({.number = 1, .first_frame = 10}, 2000);
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{11}, std::size_t{12}, second.size() - 1}) {
    const std::string cut = first + second.substr(0, size);
    const Found found = read(cut);
    CHECK(found.messages == 10);
    CHECK_THAT(found.error, Catch::EndsWith(size < 5 ? ": the log ends inside a batch"
                                                     : ": the log ends inside a batch"));
    CHECK(read(cut + first, true).messages == 20);
  }
}

TEST_CASE("bytes between canb batches are skipped in linear time", "[canb]") {
  std::string junk;
  std::mt19937 random(3);
  while (junk.size() < 2'000'000) junk += static_cast<char>(random());
  const Found found = read(batch({}) + junk + batch({}), true);
  CHECK(found.messages == 20);
  CHECK(found.warnings.size() == 2);
}

TEST_CASE("a canb log with an incomplete end is continued behind its last batch", "[canb]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.canb";
  const std::string whole = batch({.run = 5});
  const std::string tail =
      GENERATE(std::string(), std::string("can"), std::string(100, 'x'),
               batch({.run = 5, .number = 1, .first_frame = 10}).substr(0, 60));
  std::ofstream(path, std::ios::binary) << whole << tail;
  std::vector<std::string> notices;
  const LogOptions options{.on_notice = [&](const std::string& text) { notices.push_back(text); }};
  const auto writer = create_log(path, options, nullptr, IfThere::append);
  writer->write(numbered(3));
  writer->close();
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  CHECK(bytes.starts_with(whole));
  CHECK(infos(bytes).size() == 2);
  CHECK(infos(bytes)[1].number == 0);
  CHECK(read(bytes).messages == 13);
  CHECK(read(bytes).warnings.empty());
  CHECK(notices.size() == (tail.empty() ? 0 : 1));
}
