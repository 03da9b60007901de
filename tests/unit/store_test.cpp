// SPDX-License-Identifier: MIT
// The store of vehicles: each batch once and in order, whatever happens.

#include "libcan/store/store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "cansuite/frame.h"
#include "formats/registry/registry.h"
#include "formats/registry/vehicle_store.h"
#include "libcan/canb/canb.h"
#include "libcan/model/fail.h"
#include "libcan/store/index.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace std::chrono_literals;
using fleet::BatchStore;
using fleet::Position;
using Verdict = BatchStore::Verdict;
namespace fs = std::filesystem;

namespace {

constexpr auto kLeast = std::chrono::nanoseconds::min(),
               kGreatest = std::chrono::nanoseconds::max();

constexpr std::size_t kFrames = 10;  // of a batch
constexpr auto kStart = 1'700'000'000s;

std::span<const std::uint8_t> bytes_of(std::string_view batch) {
  return {reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()};
}

/// Frames that bear their number in the run, on two channels.
std::vector<Message> frames(std::uint64_t run, std::uint64_t first, std::size_t count = kFrames) {
  const Channel channels[] = {Channel("can0"), Channel("can1")};
  std::vector<Message> messages;
  for (std::uint64_t number = first; number < first + count; ++number) {
    Message m = frame(static_cast<std::uint32_t>(run), std::vector<std::uint8_t>(8));
    for (std::size_t i = 0; i < 8; ++i) m.data[i] = static_cast<std::uint8_t>(number >> (8 * i));
    m.timestamp = kStart + std::chrono::milliseconds(number);
    m.channel = channels[number % 2];
    messages.push_back(m);
  }
  return messages;
}

std::string batch_of(std::span<const Message> messages, const canb::BatchInfo& info) {
  canb::Encoder encoder;
  encoder.add(messages);
  return encoder.take(info);
}

std::string batch(std::uint64_t run, std::uint64_t number) {
  return batch_of(frames(run, number * kFrames),
                  {.run = run, .number = number, .first_frame = number * kFrames});
}

Verdict put(BatchStore& store, std::string_view vehicle, const std::string& bytes) {
  return store.put(vehicle, bytes_of(bytes));
}

/// The logs below a folder, by their paths in it.
std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> all;
  for (const auto& each : fs::recursive_directory_iterator(folder)) {
    const std::string path = each.path().lexically_relative(folder).string();
    if (each.is_regular_file() && each.path().filename().string()[0] != '.')
      all[path] = each.path().string();
  }
  return all;
}

std::vector<Message> read_all(const std::string& path) {
  std::vector<Message> all, some(1000);
  const auto log = open_log(path);
  while (const std::size_t count = log->read(some))
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  CHECK(log->warning_count() == 0);
  return all;
}

/// The numbers of all frames of a run, in the order of time and number.
std::vector<std::uint64_t> numbers_in(const std::string& folder, std::uint64_t run) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [name, path] : files_in(folder))
    for (const Message& m : read_all(path)) {
      std::uint64_t number = 0;
      for (std::size_t i = 0; i < 8; ++i) number |= std::uint64_t{m.data[i]} << (8 * i);
      if (m.id == run) numbers.push_back(number);
    }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::uint64_t> up_to(std::uint64_t count) {
  std::vector<std::uint64_t> numbers(count);
  for (std::uint64_t i = 0; i < count; ++i) numbers[i] = i;
  return numbers;
}

/// What the index has of a vehicle.
std::vector<std::string> indexed(const std::string& folder, std::string_view vehicle,
                                 std::chrono::nanoseconds from = kLeast,
                                 std::chrono::nanoseconds to = kGreatest) {
  std::vector<std::string> paths;
  for (const auto& each : store::Index(folder, store::Index::Use::read).files(vehicle, from, to))
    paths.push_back(each.path);
  return paths;
}

const std::vector<std::string> kPatterns = {"/%v.canb",     "/%v/%c.canb", "/%v/%c.blf", "/%v.log",
                                            "/%v-%c.jsonl", "/%v.log.zst", "/%c/%v.csv"};

}  // namespace

TEST_CASE("a store keeps the batches of vehicles in files of any format that can be continued",
          "[store]") {
  const std::string pattern = GENERATE_COPY(from_range(kPatterns));
  CAPTURE(pattern);
  const TemporaryFolder folder;
  for (std::uint64_t round = 0; round < 3; ++round) {
    const auto store = open_store(folder.path() + pattern);
    for (std::uint64_t number = round * 4; number < round * 4 + 4; ++number) {
      REQUIRE(put(*store, "car1", batch(7, number)) == Verdict::stored);
      REQUIRE(put(*store, "car2", batch(8, number)) == Verdict::stored);
      if (number % 2) CHECK(store->sync() == std::vector<std::string>{"car1", "car2"});
    }
    CHECK(store->durable("car1") == Position{7, round * 4 + 3});
    CHECK(store->sync().empty());
  }
  CHECK(numbers_in(folder.path(), 7) == up_to(12 * kFrames));
  CHECK(numbers_in(folder.path(), 8) == up_to(12 * kFrames));
  CHECK(files_in(folder.path()).size() == (pattern.find("%c") == pattern.npos ? 2 : 4));
}

TEST_CASE("a store takes each batch once and in order", "[store]") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path() + "/%v.canb");
  CHECK_FALSE(store->durable("car"));
  CHECK(put(*store, "car", batch(7, 1)) == Verdict::gap);
  CHECK(put(*store, "car", batch(7, 0)) == Verdict::stored);
  CHECK(put(*store, "car", batch(7, 0)) == Verdict::duplicate);
  CHECK(put(*store, "car", batch(7, 2)) == Verdict::gap);
  CHECK_FALSE(store->durable("car"));
  store->sync();
  CHECK(store->durable("car") == Position{7, 0});
  CHECK(put(*store, "car", batch(9, 0)) == Verdict::stored);  // the next run
  CHECK(put(*store, "car", batch(7, 0)) == Verdict::duplicate);
  store->sync();
  CHECK(store->durable("car") == Position{9, 0});
  CHECK(store->durable("car", 7) == Position{7, 0});
  CHECK_FALSE(store->durable("car", 8));
  CHECK(put(*store, "car", batch(7, 0)) == Verdict::duplicate);
  CHECK(put(*store, "car", batch(7, 1)) == Verdict::stored);
  CHECK(put(*store, "other", batch(7, 1)) == Verdict::gap);
  CHECK(numbers_in(folder.path(), 7) == up_to(2 * kFrames));
  CHECK(numbers_in(folder.path(), 9) == up_to(kFrames));
}

TEST_CASE("a store goes on behind batches that will not come", "[store]") {
  const TemporaryFolder folder;
  const std::string pattern = folder.path() + "/%v.blf";
  {
    const auto store = open_store(pattern);
    CHECK(put(*store, "car", batch(7, 0)) == Verdict::stored);
    store->begin("car", {7, 3});
    CHECK(put(*store, "car", batch(7, 2)) == Verdict::duplicate);
    CHECK(put(*store, "car", batch(7, 3)) == Verdict::stored);
    store->begin("car", {7, 1});  // late
    CHECK(put(*store, "car", batch(7, 3)) == Verdict::duplicate);
    store->begin("car", {9, 5});  // a run without a start
    CHECK(put(*store, "car", batch(9, 4)) == Verdict::duplicate);
    CHECK(put(*store, "car", batch(9, 5)) == Verdict::stored);
    store->sync();
    CHECK(store->durable("car") == Position{9, 5});
  }
  std::vector<std::string> events;
  const auto log =
      open_log(folder.path() + "/car.blf",
               {.on_event = [&](const LogEvent& event) { events.push_back(event.remark); }});
  Message some[100];
  while (log->read(some) > 0) {
  }
  CHECK(events == std::vector<std::string>{"20 messages missing"});
}

TEST_CASE("a store takes what was not synced as not stored", "[store]") {
  const std::string pattern = GENERATE_COPY(from_range(kPatterns));
  CAPTURE(pattern);
  const TemporaryFolder folder;
  {
    const auto store = open_store(folder.path() + pattern);
    REQUIRE(put(*store, "car", batch(7, 0)) == Verdict::stored);
    store->sync();
    REQUIRE(put(*store, "car", batch(7, 1)) == Verdict::stored);
    REQUIRE(put(*store, "new", batch(8, 0)) == Verdict::stored);
  }
  const auto store = open_store(folder.path() + pattern);
  CHECK(store->durable("car") == Position{7, 0});
  CHECK_FALSE(store->durable("new"));
  CHECK(numbers_in(folder.path(), 7) == up_to(kFrames));
  CHECK(numbers_in(folder.path(), 8).empty());
  CHECK(put(*store, "car", batch(7, 0)) == Verdict::duplicate);
  CHECK(put(*store, "car", batch(7, 1)) == Verdict::stored);
  CHECK(put(*store, "new", batch(8, 0)) == Verdict::stored);
  store->sync();
  CHECK(numbers_in(folder.path(), 7) == up_to(2 * kFrames));
  CHECK(numbers_in(folder.path(), 8) == up_to(kFrames));
  for (const auto& [name, path] : files_in(folder.path())) CHECK(name.find('#') == name.npos);
}

namespace {

constexpr std::uint64_t kBatches = 400;  // of a vehicle
const char* const kVehicles[] = {"car1", "car2", "car3"};

/// Stores batches from the durable ones on, until it is killed or all are stored.
[[noreturn]] void store_all(const std::string& pattern) {
  const auto store = open_store(pattern, {.threads = 1}, nullptr, 1s);
  std::uint64_t least = kBatches;
  for (const char* vehicle : kVehicles) {
    const auto durable = store->durable(vehicle);
    least = std::min(least, durable ? durable->number : 0);
  }
  for (std::uint64_t number = least; number < kBatches; ++number) {
    for (const char* vehicle : kVehicles)
      if (const auto verdict = put(*store, vehicle, batch(7, number));
          verdict != Verdict::stored && verdict != Verdict::duplicate)
        _exit(2);
    if (number % 5 == 4) store->sync();
  }
  store->sync();
  _exit(0);
}

}  // namespace

TEST_CASE("a store that is killed at any time loses nothing and has nothing twice",
          "[store][kill]") {
  const std::string pattern = GENERATE("/%v.canb", "/%v/%c.blf", "/%v.log.zst", "/%v_%c.log");
  CAPTURE(pattern);
  const TemporaryFolder folder;
  std::mt19937 random(static_cast<unsigned>(::getpid()));
  int status = -1, kills = 0;
  for (int attempt = 0; attempt < 200 && (status != 0 || kills < 10); ++attempt) {
    const pid_t child = ::fork();
    if (child == 0) store_all(folder.path() + pattern);
    if (kills < 10) ::usleep(static_cast<useconds_t>(random() % 300'000));
    if (kills < 10) ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    kills += WIFSIGNALED(status) ? 1 : 0;
    if (!WIFSIGNALED(status)) break;
  }
  REQUIRE(status == 0);
  CAPTURE(kills);
  for (const char* vehicle : kVehicles) {
    std::vector<std::uint64_t> numbers;
    for (const auto& [name, path] : files_in(folder.path()))
      if (name.find(vehicle) != name.npos)
        for (const Message& m : read_all(path)) numbers.push_back(m.data[0] + 256u * m.data[1]);
    std::sort(numbers.begin(), numbers.end());
    CHECK(numbers == up_to(kBatches * kFrames));
  }
}

TEST_CASE("no name of a vehicle leads out of the store or to another's files", "[store]") {
  const TemporaryFolder folder;
  const std::string names[] = {"..",       ".",      "../../x", "/etc",  "a/b",
                               "a%2Fb",    "%2E%2E", "a\nb",    "%none", std::string("a\0b", 3),
                               "\xff\xfe", "CON",    " ",       "-",     ".index.db",
                               "%v"};
  {
    const auto store = open_store(folder.path() + "/in/%v/%c.canb");
    for (const std::string& name : names) {
      CAPTURE(name);
      CHECK(put(*store, name, batch(7, 0)) == Verdict::stored);
    }
    CHECK(put(*store, "", batch(7, 0)) == Verdict::damaged);
    CHECK(put(*store, std::string(65, 'x'), batch(7, 0)) == Verdict::damaged);
    CHECK(put(*store, std::string(64, '/'), batch(7, 0)) == Verdict::stored);
    store->sync();
  }
  const auto files = files_in(folder.path());
  CHECK(files.size() == 2 * (std::size(names) + 1));
  for (const auto& [name, path] : files) CHECK(name.starts_with("in/"));
  const auto store = open_store(folder.path() + "/in/%v/%c.canb");
  for (const std::string& name : names) CHECK(store->durable(name) == Position{7, 0});
}

TEST_CASE("names of channels and vehicles that would share a file get files of their own",
          "[store]") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path() + "/%v%c.canb");
  const auto on = [](const char* channel) {
    Message m = frame(7, {1});
    m.channel = Channel(channel);
    return batch_of({&m, 1}, {.run = 7});
  };
  CHECK(put(*store, "a", on("bc")) == Verdict::stored);
  CHECK(put(*store, "ab", on("c")) == Verdict::stored);
  store->sync();
  CHECK(files_in(folder.path()).size() == 2);
  CHECK(indexed(folder.path(), "ab") == std::vector<std::string>{"abc_#2.canb"});
}

TEST_CASE("a store refuses what is no batch and a vehicle with any number of channels", "[store]") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path() + "/%v.canb");
  std::string damaged = batch(7, 0);
  damaged[30] ^= 1;
  CHECK(put(*store, "car", damaged) == Verdict::damaged);
  CHECK(put(*store, "car", "") == Verdict::damaged);
  CHECK(put(*store, "car", batch(7, 0).substr(0, 70)) == Verdict::damaged);
  std::vector<Message> messages(65, frame(1));
  for (std::size_t i = 0; i < messages.size(); ++i)
    messages[i].channel = Channel("x" + std::to_string(i));
  CHECK(put(*store, "car", batch_of(messages, {.run = 7})) == Verdict::damaged);
  CHECK(store->sync().empty());
  CHECK(files_in(folder.path()).empty());
  CHECK(put(*store, "bus", batch_of(std::span(messages).first(63), {.run = 7})) == Verdict::stored);
  CHECK(put(*store, "bus", batch(7, 1)) == Verdict::damaged);  // 65
}

TEST_CASE("a store rotates its files by the time of the messages", "[store]") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path() + "/%v.canb", {}, nullptr, 1h);
  auto at = [&, number = std::uint64_t{0}](std::chrono::nanoseconds time) mutable {
    Message m = frame(7, {1});
    m.timestamp = time;
    return put(*store, "car", batch_of({&m, 1}, {.run = 7, .number = number++}));
  };
  const std::chrono::nanoseconds hour = std::chrono::hours(472'223);  // 2023-11-14 23:00
  for (const std::chrono::nanoseconds time : {hour - 1ns, hour, hour - 1ns, hour + 1h, hour - 2h,
                                              kLeast, kGreatest, std::chrono::nanoseconds(-1)})
    CHECK(at(time) == Verdict::stored);
  store->sync();
  const auto files = files_in(folder.path());
  std::vector<std::string> names;
  for (const auto& [name, path] : files) names.push_back(name);
  CHECK(names ==
        std::vector<std::string>{"car_1677-09-21T001243Z.canb", "car_1969-12-31T230000Z.canb",
                                 "car_2023-11-14T210000Z.canb", "car_2023-11-14T220000Z.canb",
                                 "car_2023-11-14T230000Z.canb", "car_2023-11-15T000000Z.canb",
                                 "car_2262-04-11T230000Z.canb"});
  CHECK(read_all(files.at("car_2023-11-14T230000Z.canb")).size() == 2);
  store::Index index(folder.path(), store::Index::Use::read);
  CHECK(index.vehicles() == std::vector<std::string>{"car"});
  CHECK(indexed(folder.path(), "car", hour - 1h, hour + 1h) ==
        std::vector<std::string>{"car_2023-11-14T220000Z.canb", "car_2023-11-14T230000Z.canb"});
  CHECK(indexed(folder.path(), "car", hour, hour + 1ns) ==
        std::vector<std::string>{"car_2023-11-14T230000Z.canb"});
  CHECK(indexed(folder.path(), "van").empty());
}

TEST_CASE("a store leaves files of someone else alone", "[store]") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() + "/car.canb") << "precious";
  const auto store = open_store(folder.path() + "/%v.canb");
  CHECK(put(*store, "car", batch(7, 0)) == Verdict::stored);
  store->sync();
  std::string text;
  std::getline(std::ifstream(folder.path() + "/car.canb"), text);
  CHECK(text == "precious");
  CHECK(read_all(folder.path() + "/car_#2.canb").size() == kFrames);
  CHECK_THROWS_WITH(open_store(folder.path() + "/%v.canb"),
                    Catch::Contains("another program is writing it"));
}

TEST_CASE("a store with many vehicles has few files open", "[store]") {
  const TemporaryFolder folder;
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  const auto append = [](const std::string& path) {
    return create_log(path, {.threads = 1}, nullptr, IfThere::append);
  };
  store::Store store({.pattern = {folder.path() + "/%v", ".log"}, .append = append, .max_open = 5});
  for (std::uint64_t number = 0; number < 3; ++number) {
    for (int car = 0; car < 40; ++car)
      REQUIRE(put(store, "car" + std::to_string(car), batch(7, number)) == Verdict::stored);
    CHECK(open_files() <= before + 12);
    CHECK(store.sync().size() == 40);
  }
  for (const auto& [name, path] : files_in(folder.path()))
    CHECK(read_all(path).size() == 3 * kFrames);
}

namespace {

/// A log whose disk is full after some writes.
class FailingLog final : public LogWriter {
 public:
  FailingLog(std::unique_ptr<LogWriter> log, int& writes) : log_(std::move(log)), writes_(writes) {}
  void write(std::span<const Message> messages) override {
    log_->write(messages.first(messages.size() / 2));
    log_->flush();
    if (--writes_ == 0) fail(Errc::io, "no space left on device");
    log_->write(messages.subspan(messages.size() / 2));
  }
  void flush() override { log_->flush(); }
  std::uint64_t size() const override { return log_->size(); }
  void close() override { log_->close(); }

 private:
  std::unique_ptr<LogWriter> log_;
  int& writes_;
};

}  // namespace

TEST_CASE("a store whose disk fails forgets what was not synced, and takes it again", "[store]") {
  const TemporaryFolder folder;
  int writes = 5;
  const auto append = [&](const std::string& path) -> std::unique_ptr<LogWriter> {
    return std::make_unique<FailingLog>(create_log(path, {}, nullptr, IfThere::append), writes);
  };
  store::Store store({.pattern = {folder.path() + "/%v_%c", ".log"}, .append = append});
  REQUIRE(put(store, "car", batch(7, 0)) == Verdict::stored);
  store.sync();
  REQUIRE(put(store, "car", batch(7, 1)) == Verdict::stored);
  CHECK_THROWS_WITH(put(store, "van", batch(8, 0)), "no space left on device");
  CHECK(store.durable("car") == Position{7, 0});
  CHECK(put(store, "car", batch(7, 2)) == Verdict::gap);
  CHECK(put(store, "car", batch(7, 1)) == Verdict::stored);
  CHECK(put(store, "van", batch(8, 0)) == Verdict::stored);
  CHECK(store.sync() == std::vector<std::string>{"car", "van"});
  CHECK(numbers_in(folder.path(), 7) == up_to(2 * kFrames));
  CHECK(numbers_in(folder.path(), 8) == up_to(kFrames));
}

TEST_CASE("a store begins a file anew that somebody removed", "[store]") {
  const std::string pattern = GENERATE("/%v.canb", "/%v.log");
  const TemporaryFolder folder;
  const auto store = open_store(folder.path() + pattern);
  REQUIRE(put(*store, "car", batch(7, 0)) == Verdict::stored);
  store->sync();
  REQUIRE(put(*store, "car", batch(7, 1)) == Verdict::stored);
  const auto files = files_in(folder.path());
  REQUIRE(files.size() == 1);
  fs::remove(files.begin()->second);
  try {
    store->sync();
    FAIL("nothing was said");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::io);
  }
  CHECK(store->durable("car") == Position{7, 0});
  CHECK(put(*store, "car", batch(7, 1)) == Verdict::stored);
  store->sync();
  CHECK(read_all(files.begin()->second).size() == kFrames);
}

TEST_CASE("a store tells once of each log that somebody removed", "[store]") {
  const std::string pattern = GENERATE("/%v.canb", "/%v_%c.log");
  const TemporaryFolder folder;
  std::vector<std::string> told;
  const LogOptions options{.on_notice = [&told](const std::string& text) { told.push_back(text); }};
  const auto open = [&] { return open_store(folder.path() + pattern, options); };
  auto store = open();
  for (const std::uint64_t number : {0, 1})
    REQUIRE(put(*store, "car", batch(7, number)) == Verdict::stored);
  REQUIRE(put(*store, "van", batch(8, 0)) == Verdict::stored);
  store->sync();
  CHECK(store->removed() == 0);
  store.reset();
  const auto [name, path] = *files_in(folder.path()).begin();
  const std::size_t count = read_all(path).size();
  fs::remove(path);

  store = open();
  REQUIRE(told.size() == 1);
  CHECK(told[0] ==
        fmt::format("{}: was removed, with {} messages of 'car' from 2023-11-14 22:13:20Z "
                    "to 2023-11-14 22:13:20Z",
                    path, count));
  CHECK(store->removed() == count);
  store.reset();
  store = open();
  CHECK(told.size() == 1);
  CHECK(store->removed() == count);

  // The vehicle goes on, in a new log of that name.
  CHECK(put(*store, "car", batch(7, 1)) == Verdict::duplicate);
  REQUIRE(put(*store, "car", batch(7, 2)) == Verdict::stored);
  store->sync();
  store.reset();
  CHECK(numbers_in(folder.path(), 7).size() == 3 * kFrames - count);
  store::Index index(folder.path(), store::Index::Use::read);
  const auto removed = index.removed("car", kLeast, kGreatest);
  REQUIRE(removed.size() == 1);
  CHECK(removed[0].path == name);
  CHECK(index.removed("van", kLeast, kGreatest).empty());
  CHECK(index.removed("car", kStart + 1h, kGreatest).empty());
  for (const auto& file : index.files("car", kLeast, kGreatest))
    CHECK(fs::exists(folder.path() + "/" + file.path));
}

TEST_CASE("a store does not go on without its folder", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store", moved = folder.path() + "/moved";
  const auto store = open_store(path + "/%v.canb");
  REQUIRE(put(*store, "car", batch(7, 0)) == Verdict::stored);
  fs::rename(path, moved);
  CHECK_THROWS_WITH(put(*store, "car", batch(7, 1)), path + ": the folder of the store was moved");
  CHECK_THROWS_WITH(store->sync(), path + ": the folder of the store was moved");
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("the name of a store has the vehicle, and a format that can be continued", "[store]") {
  CHECK(is_store_pattern("store/%v.blf"));
  CHECK_FALSE(is_store_pattern("100%.blf"));
  const auto refused = [](const std::string& pattern, const char* why) {
    CAPTURE(pattern);
    CHECK_THROWS_WITH(open_store(pattern), Catch::Contains(why));
  };
  refused("x/%c.blf", "expected a name with %v");
  refused("x/%v%d.blf", "or %c, the channel, got '%d'");
  refused("x/%v.asc", "can't be cut and continued");
  refused("x/%v.db", "can't be cut and continued");
  refused("x/%v.log.gz", "can't be cut and continued");
  refused("x/%v.nix", "unknown log format '.nix'");
  CHECK_THROWS_WITH(open_store("x/%v.canb", {}, nullptr, 10ms),
                    Catch::Contains("at least a second"));
  CHECK_FALSE(fs::exists("x"));
  CHECK_THROWS_WITH(store::Index("/nowhere", store::Index::Use::read),
                    Catch::Contains("is no store of vehicles"));
}
