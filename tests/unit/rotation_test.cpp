// SPDX-License-Identifier: MIT
// Logs that are cut into parts while they are written: in every format each part is a whole log,
// and no message is lost between two of them.

#include "cansuite/rotation.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <thread>

#include "formats/registry/outputs.h"
#include "formats/registry/registry.h"
#include "formats/registry/split.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::uint32_t>;

template <class Use>
void for_each_readable(Use use) {
  for (const Format* format : all_formats())
    if (format->open && format->create) {
      DYNAMIC_SECTION(format->name) { use(*format); }
    }
}

std::string log_in(const TemporaryFolder& folder, const Format& format) {
  return folder.path() + "/log" +
         std::string(format.extensions.empty() ? ".x" : format.extensions.front());
}

Ids ids_of(const std::string& path, const Format& format) {
  const auto reader = open_log(path, {}, &format);
  std::vector<Message> some(100);
  Ids ids;
  while (const std::size_t n = reader->read(some))
    for (std::size_t i = 0; i < n; ++i) ids.push_back(some[i].id);
  CHECK(reader->warning_count() == 0);
  return ids;
}

/// What stands in each file of a folder; the parts of a rotating log by their numbers, "" for the
/// one that is still written.
std::map<std::string, Ids> parts_in(const TemporaryFolder& folder, const Format& format) {
  std::map<std::string, Ids> parts;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    const std::size_t at = name.find('#');
    parts[at == name.npos ? "" : name.substr(at, 4)] = ids_of(entry.path().string(), format);
  }
  return parts;
}

/// Messages of one channel and length, so that any two take the same room.
Message numbered(std::uint32_t id) {
  Message m{.timestamp = 1'700'000'000s, .id = id, .length = 8};
  m.channel = Channel("1");
  return m;
}

/// Bytes of a log of `count` messages that is still open.
std::uint64_t size_of(const Format& format, std::uint32_t count) {
  const TemporaryFolder folder;
  const auto writer = create_log(log_in(folder, format), {}, &format);
  for (std::uint32_t id = 100; id < 100 + count; ++id) {
    const Message m = numbered(id);
    writer->write({&m, 1});
  }
  return writer->size();
}

/// How many messages each part got of nine that were written one by one.
std::vector<std::size_t> rotated(const Format& format, std::uint64_t max_bytes) {
  const TemporaryFolder folder;
  const auto writer = create_rotating_log(log_in(folder, format), {}, format, IfThere::replace,
                                          {.max_bytes = max_bytes});
  Ids wanted, got;
  for (std::uint32_t id = 100; id < 109; ++id) {
    const Message m = numbered(id);
    writer->write({&m, 1});
    wanted.push_back(id);
  }
  writer->close();
  auto parts = parts_in(folder, format);
  const auto current = parts.extract("");
  if (!current.empty()) parts.insert({"~", current.mapped()});
  std::vector<std::size_t> counts;
  for (const auto& [name, ids] : parts) {
    counts.push_back(ids.size());
    got.insert(got.end(), ids.begin(), ids.end());
  }
  CHECK(got == wanted);
  return counts;
}

std::vector<Message> at_times(std::initializer_list<std::chrono::nanoseconds> times) {
  std::vector<Message> messages;
  for (const auto time : times) {
    messages.push_back(numbered(static_cast<std::uint32_t>(messages.size())));
    messages.back().timestamp += time;
  }
  return messages;
}

/// What is in each part of a split log, by what its name says.
std::map<std::string, Ids> split(const Format& format, std::span<const Message> messages,
                                 const Split& how, std::size_t batch) {
  const TemporaryFolder folder;
  const std::string path = log_in(folder, format);
  Outputs outputs(format);
  const auto writer = create_split_log(path, {}, format, how, outputs);
  for (std::size_t at = 0; at < messages.size(); at += batch)
    writer->write(messages.subspan(at, std::min(batch, messages.size() - at)));
  writer->close();
  outputs.commit();
  std::map<std::string, Ids> parts;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    const std::string stem = entry.path().stem().string();
    parts[stem.substr(stem.find('_') + 1)] = ids_of(entry.path().string(), format);
  }
  return parts;
}

}  // namespace

TEST_CASE("every format: a part ends when it has its size, not a byte earlier", "[rotation]") {
  for_each_readable([](const Format& format) {
    const std::uint64_t three = size_of(format, 3);
    if (size_of(format, 2) == three || size_of(format, 4) == three) return;  // counted in pages
    CHECK(rotated(format, three) == std::vector<std::size_t>{3, 3, 3});
    CHECK(rotated(format, three + 1) == std::vector<std::size_t>{4, 4, 1});
  });
}

TEST_CASE("every format: parts of one byte hold a message each", "[rotation]") {
  for_each_readable([](const Format& format) {
    CHECK(rotated(format, 1) == std::vector<std::size_t>(9, 1));
    CHECK(rotated(format, UINT64_MAX) == std::vector<std::size_t>{9});
  });
}

TEST_CASE("every format: a part ends when its time is over", "[rotation]") {
  for_each_readable([](const Format& format) {
    const TemporaryFolder folder;
    const auto writer =
        create_rotating_log(log_in(folder, format), {}, format, IfThere::replace, {.every = 50ms});
    const auto write = [&](std::uint32_t id) {
      const Message m = numbered(id);
      writer->write({&m, 1});
    };
    write(1);
    std::this_thread::sleep_for(60ms);
    write(2);
    std::this_thread::sleep_for(60ms);
    writer->flush();  // nothing came: no part
    writer->close();
    CHECK(parts_in(folder, format) == std::map<std::string, Ids>{{"#000", {1}}, {"", {2}}});
  });
}

TEST_CASE("every format: as many completed parts stay as are to be kept", "[rotation]") {
  for_each_readable([](const Format& format) {
    for (const std::uint64_t keep : {1, 2}) {
      const TemporaryFolder folder;
      const auto writer = create_rotating_log(log_in(folder, format), {}, format, IfThere::replace,
                                              {.max_bytes = 1, .keep = keep});
      for (std::uint32_t id = 0; id < 5; ++id) {
        const Message m = numbered(id);
        writer->write({&m, 1});
      }
      writer->close();
      std::map<std::string, Ids> wanted = {{"#003", {3}}, {"", {4}}};
      if (keep == 2) wanted["#002"] = {2};
      CHECK(parts_in(folder, format) == wanted);
    }
  });
}

TEST_CASE("completed parts stay up to a size", "[rotation]") {
  const Format& format = format_named("candump");
  const std::uint64_t size = size_of(format, 1);
  const auto [bytes, keep, kept] = GENERATE_COPY(table<std::uint64_t, std::uint64_t, std::size_t>(
      {{3 * size, 9, 3}, {3 * size - 1, 9, 2}, {3 * size, 1, 1}, {size - 1, 9, 0}}));
  const TemporaryFolder folder;
  const auto writer = create_rotating_log(log_in(folder, format), {}, format, IfThere::replace,
                                          {.max_bytes = 1, .keep = keep, .keep_bytes = bytes});
  for (std::uint32_t id = 100; id < 106; ++id) {
    const Message m = numbered(id);
    writer->write({&m, 1});
  }
  writer->close();
  const auto parts = parts_in(folder, format);
  CHECK(parts.size() == kept + 1);  // and the one that is still written
  CHECK(parts.contains("#004") == (kept > 0));
}

TEST_CASE("every format: a part of a log that is split by time has its end without it", "[split]") {
  for_each_readable([](const Format& format) {
    const auto step = std::max<std::chrono::nanoseconds>(format.keeps.step, 1us);
    const auto messages =
        at_times({0s, 10s - step, 10s, 20s - step, 20s, 50s, 55s, 60s - step, 61s});
    const std::map<std::string, Ids> wanted = {
        {"000", {0, 1}}, {"001", {2, 3}}, {"002", {4}}, {"005", {5, 6, 7}}, {"006", {8}}};
    for (const std::size_t batch : {1, 4, 100})
      CHECK(split(format, messages, {.every = 10s}, batch) == wanted);
  });
}

TEST_CASE("every format: a part of a log that is split by channel has that channel", "[split]") {
  for_each_readable([](const Format& format) {
    auto messages = at_times({0s, 1s, 2s, 3s, 4s, 5s});
    for (std::size_t i = 0; i < messages.size(); ++i)
      messages[i].channel = Channel(std::to_string(i % 3 + 1));
    for (const std::size_t batch : {1, 4, 100})
      CHECK(split(format, messages, {.by_channel = true}, batch) ==
            std::map<std::string, Ids>{{"1", {0, 3}}, {"2", {1, 4}}, {"3", {2, 5}}});
  });
}
