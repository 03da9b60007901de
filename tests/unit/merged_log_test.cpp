// SPDX-License-Identifier: MIT
#include "cansuite/merged_log.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <utility>

#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// Gives messages with these ids at these seconds, then, once, what is wrong.
class Script final : public LogReader {
 public:
  struct Line {
    int second;
    std::uint32_t id;
  };
  explicit Script(std::vector<Line> lines, std::string failure = {})
      : lines_(std::move(lines)), failure_(std::move(failure)) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled < out.size() && at_ < lines_.size()) {
      out[filled] = {.timestamp = std::chrono::seconds(lines_[at_].second), .id = lines_[at_].id};
      ++filled;
      ++at_;
    }
    if (filled < out.size() && !failure_.empty())
      fail(Errc::corrupt, "{}", std::exchange(failure_, {}));
  }

 private:
  std::vector<Line> lines_;
  std::string failure_;
  std::size_t at_ = 0;
};

std::vector<std::uint32_t> ids_of(LogReader& log, std::size_t batch) {
  std::vector<std::uint32_t> ids;
  std::vector<Message> some(batch);
  while (const std::size_t n = log.read(some))
    for (std::size_t i = 0; i < n; ++i) ids.push_back(some[i].id);
  return ids;
}

template <class... Logs>
std::unique_ptr<MergedLog> merged(Logs... logs) {
  std::vector<std::unique_ptr<LogReader>> all;
  (all.push_back(std::move(logs)), ...);
  return std::make_unique<MergedLog>(std::move(all));
}

std::unique_ptr<Script> script(std::vector<Script::Line> lines, std::string failure = {}) {
  return std::make_unique<Script>(std::move(lines), std::move(failure));
}

}  // namespace

TEST_CASE("logs are merged by time; at equal times the first log goes first") {
  for (const std::size_t batch : {1, 2, 100}) {
    const auto log = merged(script({{1, 10}, {3, 11}, {3, 12}, {9, 13}}),
                            script({{2, 20}, {3, 21}, {10, 22}}), script({}));
    CHECK(ids_of(*log, batch) == std::vector<std::uint32_t>{10, 20, 11, 12, 21, 13, 22});
  }
}

TEST_CASE("a log that goes back in time keeps its own order") {
  const auto log = merged(script({{5, 1}, {1, 2}, {6, 3}}), script({{4, 4}}));
  CHECK(ids_of(*log, 10) == std::vector<std::uint32_t>{4, 1, 2, 3});
}

TEST_CASE("many long logs are merged whole") {
  std::vector<std::unique_ptr<LogReader>> logs;
  for (int part = 0; part < 7; ++part) {
    std::vector<Script::Line> lines;
    for (int i = part; i < 10'000; i += 7) lines.push_back({i, static_cast<std::uint32_t>(i)});
    logs.push_back(script(std::move(lines)));
  }
  MergedLog log(std::move(logs));
  const auto ids = ids_of(log, 333);
  CHECK(ids.size() == 10'000);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
}

TEST_CASE("what stood before the damage of one of the logs is given first") {
  const auto log = merged(script({{1, 1}, {2, 2}}, "second.log:3: damaged"), script({{3, 3}}));
  std::vector<Message> some(10);
  CHECK(log->read(some) == 2);
  CHECK_THROWS_WITH(log->read(some), "second.log:3: damaged");
}

TEST_CASE("a merged log passes warnings on, each once") {
  auto skipping = script({{1, 1}}, "a.log:2: damaged");
  skipping->keep_going(true);
  const auto log = merged(std::move(skipping), script({{2, 2}, {3, 3}}));
  CHECK(ids_of(*log, 1) == std::vector<std::uint32_t>{1, 2, 3});
  CHECK(log->warnings() == std::vector<std::string>{"a.log:2: damaged"});
}
