// SPDX-License-Identifier: MIT
// Logs of kinds that end themselves, joined to one or cut: npz archives and SQLite databases.

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "formats/registry/registry.h"
#include "formats/support/files.h"
#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// A log of `count` messages, with their channel.
std::string log_of(const char* format, std::uint32_t count, const char* channel = "can1") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a";
  {
    auto writer = format_named(format).create(create_sink(path, IfThere::replace), {});
    for (std::uint32_t i = 0; i < count; ++i) {
      const Message m{.timestamp = 1s, .id = i % 0x800, .channel = Channel(channel), .length = 8};
      writer->write({&m, 1});
    }
    writer->close();
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// How many messages are read, and behind that what is wrong, line by line.
std::string outcome(const char* format, std::string bytes, bool keep_going = false) {
  std::vector<Message> batch(100);
  std::size_t count = 0;
  std::string told;
  auto reader = format_named(format).open(memory_source(std::move(bytes), "a"), {});
  reader->keep_going(keep_going);
  try {
    for (std::size_t got; (got = reader->read(batch)) > 0;) count += got;
  } catch (const Error& error) {
    told = std::string("\n! ") + error.what();
  }
  for (const std::string& warning : reader->warnings()) told += "\n" + warning;
  return std::to_string(count) + told;
}

}  // namespace

TEST_CASE("npz: of archives joined to one, all are read") {
  const std::string one = log_of("npz", 1500), other = log_of("npz", 700), none = log_of("npz", 0);
  CHECK(outcome("npz", one) == "1500");
  CHECK(outcome("npz", one + other) == "2200");
  CHECK(outcome("npz", one + none + other + one) == "3700");
}

TEST_CASE("npz: what stands behind an archive is told, and so is a cut one") {
  const std::string one = log_of("npz", 1500);
  CHECK_THAT(outcome("npz", one + "PK\x03\x04"), Catch::StartsWith("1500\n! a: offset 0x"));
  CHECK_THAT(outcome("npz", one + "what is this?"), Catch::StartsWith("1500\n! a: offset 0x"));
  CHECK_THAT(outcome("npz", one + one.substr(0, one.size() / 2)), Catch::StartsWith("1500\n! a: "));
  for (const std::size_t cut : {1, 21, 22, 23, 60, 100}) {
    CAPTURE(cut);
    CHECK_THAT(outcome("npz", one.substr(0, one.size() - cut)),
               Catch::StartsWith("1500\n! a: offset 0x") && Catch::Contains("directory"));
  }
}

TEST_CASE("sqlite: what stands behind the database is told") {
  const std::string one = log_of("sqlite", 3000);
  CHECK(outcome("sqlite", one) == "3000");
  CHECK(
      outcome("sqlite", one + one) ==
      fmt::format("3000\na: {} bytes behind the end of the database are not read; was another log "
                  "joined to it?",
                  one.size()));
}

TEST_CASE("sqlite: a database that was cut is an error, and with patience what is there is read") {
  const std::string one = log_of("sqlite", 3000);
  const std::string cut = one.substr(0, one.size() - 1000);
  CHECK(outcome("sqlite", cut) == "0\n! a: the database is cut: 1000 bytes of it are missing");
  CHECK_THAT(outcome("sqlite", cut, true), Catch::Contains("1000 bytes of it are missing"));
  CHECK_THAT(outcome("sqlite", cut, true), !Catch::StartsWith("0"));
}
