// SPDX-License-Identifier: MIT
// A recorded log on a disk that takes no more, for a while or for good, in every format, and when
// it is synced. The limit of the size of a file is the full disk; fdatasync() is the test's own.

#include "libcan/platform/storage.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

#include "cansuite/rotation.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

namespace {

std::atomic<int> syncs = 0;
std::atomic<int> sync_error = 0;      // errno; 0: none
std::atomic<bool> sync_held = false;  // a sync takes until it is let go, or 10 s

}  // namespace

extern "C" int fdatasync(int descriptor) {
  ++syncs;
  for (int i = 0; i < 1000 && sync_held; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (sync_error != 0) {
    errno = sync_error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

using namespace can;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// No file can grow beyond `bytes` while this lives, or until lift().
class SizeLimit {
 public:
  explicit SizeLimit(std::uint64_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() { lift(); }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;
  void lift() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

/// Messages whose data don't compress well.
std::vector<Message> numbered(std::uint32_t first, std::uint32_t count) {
  std::vector<Message> messages(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Message& m = messages[i];
    m = {.timestamp = 1'700'000'000s + (first + i) * 1ms, .id = (first + i) % 2048, .length = 8};
    m.channel = Channel("1");
    for (std::size_t at = 0; at < 8; ++at)
      m.data[at] = static_cast<std::uint8_t>((first + i) * 2654435761U >> (at % 4 * 8));
  }
  return messages;
}

std::vector<std::uint32_t> ids_of(const std::string& path, const Format& format) {
  const auto reader = open_log(path, {}, &format);
  std::vector<Message> some(100);
  std::vector<std::uint32_t> ids;
  while (const std::size_t n = reader->read(some))
    for (std::size_t i = 0; i < n; ++i) ids.push_back(some[i].id);
  CHECK(reader->warning_count() == 0);
  return ids;
}

/// That these are the ids of numbered(0, count).
void check_numbered(const std::vector<std::uint32_t>& ids, std::size_t count) {
  REQUIRE(ids.size() == count);
  for (std::size_t i = 0; i < count; ++i)
    if (ids[i] != i % 2048) FAIL("message " << i << " is missing or comes twice");
}

std::string first_extension(const Format& format) {
  return format.extensions.empty() ? ".x" : std::string(format.extensions.front());
}

/// Each format that writes to a file while it is recorded.
template <class Use>
void for_each_stream(Use use) {
  for (const Format* format : all_formats())
    if (format->open && format->create && !format->needs_file)
      for (const std::string packed : {"", ".gz", ".zst"}) {
        if (!packed.empty() && format->appends != Appends::lines) continue;
        DYNAMIC_SECTION(format->name << packed) {
          use(*format, "/log" + first_extension(*format) + packed);
        }
      }
}

bool is_packed(const std::string& name) { return name.ends_with(".gz") || name.ends_with(".zst"); }

struct Disk {
  TemporaryFolder folder;
  Storage storage{Storage::kNever};
  LogOptions options{.storage = &storage};
};

/// Writes until the disk is full, and flushes after each `flush_after` messages. Returns the number
/// of messages written.
std::uint32_t fill(LogWriter& log, const Storage& storage, std::uint32_t written,
                   std::uint32_t flush_after = 100) {
  for (int round = 0; round < 30'000 && !storage.stalled(); ++round) {
    log.write(numbered(written, 100));
    written += 100;
    if (!storage.stalled() && written % flush_after == 0) log.flush();
  }
  REQUIRE(storage.stalled());
  return written;
}

/// The number of messages in a log whose end may be missing.
std::size_t count_in(const std::string& path, const Format& format) {
  const auto reader = open_log(path, {}, &format);
  reader->keep_going(true);
  std::size_t count = 0;
  std::vector<Message> some(100);
  try {
    while (const std::size_t n = reader->read(some)) count += n;
  } catch (const Error&) {  // a member of gzip data without an end
  }
  return count;
}

}  // namespace

TEST_CASE("when the disk has room again, no message is missing", "[storage]") {
  for_each_stream([](const Format& format, const std::string& name) {
    Disk disk;
    const std::string path = disk.folder.path() + name;
    const auto log = create_log(path, disk.options, &format);
    SizeLimit limit(50'001);
    const std::uint32_t written = fill(*log, disk.storage, 0);
    CHECK_THAT(disk.storage.trouble(), Catch::Contains(name) && Catch::Contains("too large"));
    log->write(numbered(written, 100));
    log->flush();
    CHECK(disk.storage.stalled());
    limit.lift();
    log->flush();
    CHECK_FALSE(disk.storage.stalled());
    log->write(numbered(written + 100, 100));
    log->close();
    check_numbered(ids_of(path, format), written + 200);
  });
}

TEST_CASE("the count of a log on a full disk is that of the messages in it", "[storage]") {
  for_each_stream([](const Format& format, const std::string& name) {
    Disk disk;
    const std::string path = disk.folder.path() + name;
    const auto log = create_log(path, disk.options, &format);
    const SizeLimit limit(50'001);
    fill(*log, disk.storage, 0);
    CHECK(disk.storage.saved() > 0);
    CHECK_THROWS_WITH(log->close(), Catch::Contains("too large"));
    CHECK(count_in(path, format) == disk.storage.saved());
    if (is_packed(name)) check_numbered(ids_of(path, format), disk.storage.saved());
  });
}

TEST_CASE("a full disk costs no message that is in the file, if a cut can keep it", "[storage]") {
  for_each_stream([](const Format& format, const std::string& name) {
    if (format.keeps.nothing_when_cut || is_packed(name)) return;
    Disk disk;
    const std::string path = disk.folder.path() + name;
    const auto log = create_log(path, disk.options, &format);
    const SizeLimit limit(1'000'001);
    fill(*log, disk.storage, 0, UINT32_MAX);  // a flush is hours away
    CHECK(disk.storage.saved() == 0);
    CHECK_THROWS_WITH(log->close(), Catch::Contains("too large"));
    CHECK(count_in(path, format) == disk.storage.saved());
    const auto size = fs::file_size(path);
    CHECK(size > 1'000'000 - 100 * (size / disk.storage.saved() + 1));  // all but a part of a write
  });
}

TEST_CASE("a recorded compressed log is complete between two flushes, too", "[storage]") {
  Disk disk;
  const std::string path = disk.folder.path() + "/log.log" + GENERATE(".gz", ".zst");
  const Format& format = format_named("candump");
  const auto log = create_log(path, disk.options);
  log->write(numbered(0, 100));
  log->flush();
  const auto size = fs::file_size(path);
  for (std::uint32_t i = 100; i < 20'000; i += 100) log->write(numbered(i, 100));
  CHECK(fs::file_size(path) == size);
  check_numbered(ids_of(path, format), 100);
  log->flush();
  check_numbered(ids_of(path, format), 20'000);
  log->close();
  check_numbered(ids_of(path, format), 20'000);
}

TEST_CASE("a rotation waits for room, and loses nothing", "[storage]") {
  Disk disk;
  const Format& format = format_named("candump");
  const std::string path = disk.folder.path() + "/log.log";
  const auto log =
      create_rotating_log(path, disk.options, format, IfThere::replace, {.max_bytes = 40'000});
  SizeLimit limit(30'001);
  const std::uint32_t written = fill(*log, disk.storage, 0);
  limit.lift();
  log->flush();
  REQUIRE_FALSE(disk.storage.stalled());
  log->write(numbered(written, 2000));
  log->close();
  std::size_t count = 0;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(disk.folder.path())) {
    count += ids_of(entry.path().string(), format).size();
    ++files;
  }
  CHECK(count == written + 2000);
  CHECK(files >= 3);
}

TEST_CASE("a folder that is gone for a while costs only what was in it", "[storage]") {
  Disk disk;
  const Format& format = format_named("candump");
  const std::string folder = disk.folder.path() + "/day", path = folder + "/log.log";
  std::vector<std::string> notices;
  disk.options.on_notice = [&](const std::string& text) { notices.push_back(text); };
  fs::create_directory(folder);
  const auto log = create_rotating_log(path, disk.options, format, IfThere::replace, {});
  log->write(numbered(0, 100));
  log->flush();
  fs::remove_all(folder);
  log->flush();
  REQUIRE(disk.storage.stalled());
  CHECK(disk.storage.removed() == 100);
  REQUIRE(notices.size() == 1);
  CHECK_THAT(notices[0], Catch::Contains("log.log: was removed with 100 messages"));
  log->flush();
  REQUIRE(disk.storage.stalled());
  fs::create_directory(folder);
  log->flush();
  REQUIRE_FALSE(disk.storage.stalled());
  log->write(numbered(0, 50));
  log->close();
  check_numbered(ids_of(path, format), 50);
}

TEST_CASE("a part that was removed is lost, also where a rotation finds that", "[storage]") {
  Disk disk;
  const Format& format = format_named("candump");
  const std::string path = disk.folder.path() + "/log.log";
  const auto log =
      create_rotating_log(path, disk.options, format, IfThere::replace, {.max_bytes = 10'000});
  log->write(numbered(0, 512));  // two parts; the next message begins the third
  fs::remove(path);
  log->write(numbered(0, 100));
  log->flush();
  log->close();
  CHECK(disk.storage.removed() == 256);
  CHECK(disk.storage.saved() == 612);
  check_numbered(ids_of(path, format), 100);
}

TEST_CASE("what was flushed is synced by a thread of its own", "[storage]") {
  const TemporaryFolder folder;
  Storage storage(1s);
  const LogOptions options{.storage = &storage};
  const auto log = create_log(folder.path() + "/a.log", options);
  sync_held = true;
  const int before = syncs;
  const auto start = std::chrono::steady_clock::now();
  log->write(numbered(0, 1));
  log->flush();
  CHECK(std::chrono::steady_clock::now() - start < 5s);  // doesn't wait for the sync
  for (int i = 0; i < 500 && syncs == before; ++i) std::this_thread::sleep_for(10ms);
  CHECK(syncs == before + 1);
  log->write(numbered(1, 1));
  log->flush();
  sync_held = false;
  for (int i = 0; i < 500 && syncs < before + 2; ++i) std::this_thread::sleep_for(10ms);
  CHECK(syncs == before + 2);  // what was flushed during a sync is synced, too
  log->close();
}

TEST_CASE("a log is synced when it is closed, and not at all if that isn't wanted", "[storage]") {
  const TemporaryFolder folder;
  const bool wanted = GENERATE(true, false);
  Storage storage(wanted ? std::chrono::nanoseconds(1h) : Storage::kNever);
  const auto log = create_log(folder.path() + "/a.log", {.storage = &storage});
  const int before = syncs;
  log->write(numbered(0, 1));
  log->flush();
  CHECK(syncs == before);
  log->close();
  CHECK(syncs - before == (wanted ? 1 : 0));
}

TEST_CASE("always: a flush has synced when it returns", "[storage]") {
  const TemporaryFolder folder;
  Storage storage(0s);
  const auto log = create_log(folder.path() + "/a.log", {.storage = &storage});
  log->write(numbered(0, 1));
  const int before = syncs;
  log->flush();
  CHECK(syncs == before + 1);
}

TEST_CASE("a sync that fails is told, and a fault of the recording", "[storage]") {
  const TemporaryFolder folder;
  Storage storage(0s);
  const auto log = create_log(folder.path() + "/a.log", {.storage = &storage});
  log->write(numbered(0, 1));
  CHECK_FALSE(storage.faulty());
  sync_error = EIO;
  log->flush();
  log->flush();  // told once
  sync_error = 0;
  CHECK(storage.faulty());
  const auto notices = storage.drain_notices();
  REQUIRE(notices.size() == 1);
  CHECK_THAT(notices[0], Catch::Contains("can't be synced") && Catch::Contains("a.log"));
  log->close();
}
