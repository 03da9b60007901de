// SPDX-License-Identifier: MIT
// Batches that wait on the disk for a sink.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "cansuite/error.h"
#include "cansuite/frame.h"
#include "libcan/canb/canb.h"
#include "libcan/fleet/spool.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace can::fleet;

namespace {

constexpr std::uint64_t kLimit = Spool::kMinLimit;

/// A batch of `frames` messages, whose data don't compress.
std::string batch(std::uint64_t run, std::uint64_t number, std::uint64_t frames = 2000) {
  static std::minstd_rand random(1);
  canb::Encoder encoder(0);
  for (std::uint64_t i = 0; i < frames; ++i) {
    const auto x = static_cast<std::uint8_t>(random());
    const Message message = frame(0x123, {x, x, x, x, x, x, x, x});
    encoder.add({&message, 1});
  }
  return encoder.take({.run = run, .number = number, .first_frame = number * frames});
}

/// The numbers of the batches from a place on.
std::vector<std::uint64_t> numbers(Spool& spool, Spool::Place place) {
  std::vector<std::uint64_t> found;
  while (const auto each = spool.read(place)) {
    found.push_back(each->position.number);
    place = each->behind;
  }
  return found;
}

/// While it lives, files have no more bytes than that: as on a full disk.
class SmallFiles {
 public:
  explicit SmallFiles(::rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const ::rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  void (*handler_)(int);
  ::rlimit before_{};
};

}  // namespace

TEST_CASE("a spool outlives the program", "[fleet][spool]") {
  const TemporaryFolder folder;
  {
    Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
    for (std::uint64_t i = 0; i < 5; ++i) CHECK_FALSE(spool.append(batch(1, i, 10), 10));
    CHECK(numbers(spool, spool.begin()) == std::vector<std::uint64_t>{0, 1, 2, 3, 4});
  }
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  CHECK_FALSE(spool.append(batch(2, 0, 10), 10));
  CHECK(numbers(spool, spool.begin()) == std::vector<std::uint64_t>{0, 1, 2, 3, 4, 0});
  CHECK(spool.lost() == 0);
}

TEST_CASE("a spool belongs to one vehicle and one program", "[fleet][spool]") {
  const TemporaryFolder folder;
  {
    Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
    CHECK_THROWS_AS(Spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop), Error);
  }
  CHECK_THROWS_WITH(Spool(folder.path() + "/spool", "truck", kLimit, Spool::Full::drop),
                    Catch::Contains("'car'"));
  CHECK_THROWS_AS(Spool(folder.path() + "/other", "car", kLimit - 1, Spool::Full::drop), Error);
}

TEST_CASE("what is acknowledged leaves the spool, file by file", "[fleet][spool]") {
  const TemporaryFolder folder;
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  for (std::uint64_t i = 0; i < 20; ++i) spool.append(batch(1, i), 2000);
  const std::uint64_t before = spool.size();
  auto at = spool.begin();
  for (int i = 0; i < 10; ++i) at = spool.read(at)->behind;
  spool.release(at, at);
  CHECK(spool.size() < before);
  const auto left = numbers(spool, spool.begin());
  CHECK(left.front() <= 10);
  CHECK(left.back() == 19);
  while (const auto each = spool.read(at)) at = each->behind;
  spool.release(at, at);
  spool.finish();
  CHECK(spool.size() == 0);
  CHECK(spool.begin() == spool.end());
}

TEST_CASE("a full spool drops its oldest batches and counts their messages", "[fleet][spool]") {
  const TemporaryFolder folder;
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  for (std::uint64_t i = 0; i < 300; ++i) CHECK_FALSE(spool.append(batch(1, i), 2000));
  CHECK(spool.size() <= kLimit);
  const auto left = numbers(spool, spool.begin());
  CHECK(left.back() == 299);
  CHECK(left.size() == left.back() - left.front() + 1);
  CHECK(spool.lost() == 2000 * (300 - left.size()));
}

TEST_CASE("batches under way are not dropped", "[fleet][spool]") {
  const TemporaryFolder folder;
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  for (std::uint64_t i = 0; i < 10; ++i) spool.append(batch(1, i), 2000);
  auto first = spool.read(spool.begin())->behind;
  spool.release(first, spool.read(first)->behind);  // number 1 is under way
  for (std::uint64_t i = 10; i < 300; ++i) spool.append(batch(1, i), 2000);
  const auto left = numbers(spool, first);
  CHECK(left.front() == 1);
  CHECK(left.back() == 299);
  CHECK(spool.lost() == 2000 * (299 - left.size()));
}

TEST_CASE("a spool of a converted log waits for room", "[fleet][spool]") {
  const TemporaryFolder folder;
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::wait);
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 200; ++i) spool.append(batch(1, i), 2000);
  });
  auto at = spool.begin();
  for (std::uint64_t i = 0; i < 200;) {
    const auto next = spool.read(at);
    if (!next) continue;
    CHECK(next->position.number == i++);
    at = next->behind;
    spool.release(at, at);
  }
  writer.join();
  CHECK(spool.lost() == 0);
}

TEST_CASE("a torn or damaged batch doesn't hide later files", "[fleet][spool]") {
  const TemporaryFolder folder;
  std::uint64_t whole = 0;
  {
    Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
    for (std::uint64_t i = 0; i < 3; ++i) spool.append(batch(1, i, 10), 10);
    whole = spool.size();
  }
  const std::string file = folder.path() + "/spool/0000000000000001.canb";
  SECTION("cut") { std::filesystem::resize_file(file, whole - 5); }
  SECTION("garbage at the end") { std::ofstream(file, std::ios::app) << "garbage"; }
  SECTION("a changed byte") {
    std::fstream damaged(file, std::ios::in | std::ios::out);
    damaged.seekp(static_cast<std::streamoff>(whole - 20));
    damaged.put('\x55');
  }
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  spool.append(batch(2, 7, 10), 10);
  const auto found = numbers(spool, spool.begin());
  CHECK(found.size() >= 3);
  CHECK(found.back() == 7);
  CHECK(spool.damaged() == 1);
}

TEST_CASE("what the disk doesn't take is lost and counted", "[fleet][spool]") {
  const TemporaryFolder folder;
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  std::filesystem::remove_all(folder.path() + "/spool");
  std::ofstream(folder.path() + "/spool") << "a file";
  const auto why = spool.append(batch(1, 0, 10), 10);
  REQUIRE(why);
  CHECK_THAT(*why, Catch::Contains("spool: Not a directory; messages are lost"));
  CHECK(spool.append(batch(1, 1, 10), 10) == why);
  CHECK(spool.losses().refused == 20);
  CHECK(spool.losses().own == 20);
  CHECK(spool.lost() == 20);
}

TEST_CASE("a disk without room leaves no files behind", "[fleet][spool]") {
  const TemporaryFolder folder;
  Spool spool(folder.path() + "/spool", "car", kLimit, Spool::Full::drop);
  const Spool::Place end = spool.end();
  {
    const SmallFiles none(0);
    const auto why = spool.append(batch(1, 0, 10), 10);
    REQUIRE(why);
    CHECK(spool.append(batch(1, 1, 10), 10) == why);
  }
  CHECK(spool.end() == end);
  CHECK(spool.losses().refused == 20);
  CHECK_FALSE(spool.append(batch(1, 2, 10), 10));
  CHECK(numbers(spool, spool.begin()) == std::vector<std::uint64_t>{2});
}

TEST_CASE("a removed spool is made anew, and what was in it is lost", "[fleet][spool]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
  Spool spool(path, "car", kLimit, Spool::Full::drop);
  for (std::uint64_t i = 0; i < 30; ++i) CHECK_FALSE(spool.append(batch(1, i), 2000));
  const auto first = spool.read(spool.begin())->behind;
  spool.release(first, first);  // number 0 is acknowledged
  std::filesystem::remove_all(path);
  const auto news = spool.append(batch(1, 60, 10), 10);
  REQUIRE(news);
  CHECK_THAT(*news, Catch::Contains("was removed, with 58,000 messages; is made anew"));
  CHECK_FALSE(spool.append(batch(1, 61, 10), 10));
  CHECK(numbers(spool, first) == std::vector<std::uint64_t>{60, 61});
  CHECK(spool.losses().removed == 29 * 2000);
  CHECK(spool.losses().own == 29 * 2000);
  CHECK_THROWS_AS(Spool(path, "car", kLimit, Spool::Full::drop), Error);
}

TEST_CASE("a moved spool is made anew, and what was in it is lost", "[fleet][spool]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool", moved = folder.path() + "/moved";
  Spool spool(path, "car", kLimit, Spool::Full::drop);
  for (std::uint64_t i = 0; i < 3; ++i) CHECK_FALSE(spool.append(batch(1, i, 10), 10));
  std::filesystem::rename(path, moved);
  if (GENERATE(false, true)) std::filesystem::create_directory(path);
  const auto news = spool.append(batch(1, 3, 10), 10);
  REQUIRE(news);
  CHECK_THAT(*news, Catch::Contains("was moved, with 30 messages; is made anew"));
  CHECK_FALSE(spool.append(batch(1, 4, 10), 10));
  CHECK(numbers(spool, spool.begin()) == std::vector<std::uint64_t>{3, 4});
  CHECK(spool.losses().removed == 30);
  CHECK_THROWS_AS(Spool(path, "car", kLimit, Spool::Full::drop), Error);  // in use
  Spool other(moved, "car", kLimit, Spool::Full::drop);
  CHECK(numbers(other, other.begin()) == std::vector<std::uint64_t>{0, 1, 2});
}

TEST_CASE("a spool does not take the place of another program", "[fleet][spool]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
  Spool spool(path, "car", kLimit, Spool::Full::drop);
  std::filesystem::rename(path, folder.path() + "/moved");
  Spool other(path, "car", kLimit, Spool::Full::drop);
  CHECK_FALSE(other.append(batch(2, 0, 10), 10));
  CHECK(spool.append(batch(1, 0, 10), 10));
  CHECK(spool.losses().refused == 10);
  CHECK(numbers(other, other.begin()) == std::vector<std::uint64_t>{0});
}

TEST_CASE("a spool goes on without the file that was written", "[fleet][spool]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
  Spool spool(path, "car", kLimit, Spool::Full::drop);
  spool.append(batch(1, 0, 10), 10);
  std::filesystem::remove(path + "/0000000000000001.canb");
  const auto news = spool.append(batch(1, 1, 10), 10);
  REQUIRE(news);
  CHECK_THAT(*news, Catch::Contains("files were removed, with 10 messages"));
  CHECK_FALSE(spool.append(batch(1, 2, 10), 10));
  CHECK(numbers(spool, spool.begin()) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("files of a spool that were removed are lost", "[fleet][spool]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
  { Spool(path, "car", kLimit, Spool::Full::drop).append(batch(1, 0, 10), 10); }
  Spool spool(path, "car", kLimit, Spool::Full::drop);
  spool.append(batch(2, 0, 10), 10);
  std::filesystem::remove(path + "/0000000000000002.canb");
  CHECK(spool.losses().removed == 0);
  spool.check();
  CHECK(spool.losses().removed == 10);
  CHECK(numbers(spool, spool.begin()) == std::vector<std::uint64_t>{0});
  CHECK(spool.damaged() == 0);
}

TEST_CASE("a full spool tells which of the lost messages are its own", "[fleet][spool]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
  { Spool(path, "car", kLimit, Spool::Full::drop).append(batch(1, 0), 2000); }
  Spool spool(path, "car", kLimit, Spool::Full::drop);
  for (std::uint64_t i = 0; i < 300; ++i) spool.append(batch(2, i), 2000);
  CHECK(spool.losses().full == spool.losses().own + 2000);
  CHECK(spool.losses().own == 2000 * (300 - numbers(spool, spool.begin()).size()));
}
