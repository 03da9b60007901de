// SPDX-License-Identifier: MIT
// Writes logs to measure with: COUNT messages into each FILE, in the format of its extension.
//
//   bench_traffic COUNT FILE...                  of Traffic
//   bench_traffic --repeat LOG COUNT FILE...     of a log, over and over, time going on

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/bench/traffic.h"

using namespace can;

namespace {

constexpr std::size_t kBatch = 2048;

/// Fills a span of messages from its front with what comes next; returns how many.
using Supply = std::function<std::size_t(std::span<Message>)>;

/// A log without end: behind its last message it starts anew, a second later.
class Repetition {
 public:
  explicit Repetition(std::string path) : path_(std::move(path)) { rewind(); }

  std::size_t next(std::span<Message> out) {
    std::size_t count = log_->read(out);
    if (count == 0) {
      rewind();
      count = log_->read(out);
      if (count == 0) fail(Errc::corrupt, "{}: holds no message", path_);
    }
    for (Message& message : out.first(count)) shift(message);
    return count;
  }

 private:
  void rewind() {
    log_ = open_log(path_);
    at_start_ = true;
  }
  void shift(Message& message) {
    if (last_ && at_start_) offset_ = *last_ + std::chrono::seconds(1) - message.timestamp;
    at_start_ = false;
    message.timestamp += offset_;
    last_ = message.timestamp;
  }

  const std::string path_;
  std::unique_ptr<LogReader> log_;
  bool at_start_ = true;
  std::chrono::nanoseconds offset_{};
  std::optional<std::chrono::nanoseconds> last_;
};

Supply traffic() {
  return [source = bench::Traffic()](std::span<Message> out) mutable {
    source.next(out);
    return out.size();
  };
}

Supply repetition(const std::string& path) {
  return
      [log = std::make_shared<Repetition>(path)](std::span<Message> out) { return log->next(out); };
}

void write(const Supply& supply, std::size_t count, std::span<char* const> paths) {
  std::vector<std::unique_ptr<LogWriter>> logs;
  for (const char* path : paths) logs.push_back(create_log(path));
  std::vector<Message> batch(kBatch);
  while (count > 0) {
    const std::span<Message> wanted(batch.data(), std::min(count, batch.size()));
    const auto messages = wanted.first(supply(wanted));
    for (const auto& log : logs) log->write(messages);
    count -= messages.size();
  }
  for (const auto& log : logs) log->close();
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

int main(int argc, char** argv) try {
  std::span<char* const> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  Supply supply;
  if (arguments.size() >= 2 && std::string_view(arguments[0]) == "--repeat") {
    supply = repetition(arguments[1]);
    arguments = arguments.subspan(2);
  } else {
    supply = traffic();
  }
  const auto count = arguments.size() < 2 ? std::nullopt : number(arguments[0]);
  if (!count) {
    fmt::print(stderr, "usage: bench_traffic [--repeat LOG] COUNT FILE...\n");
    return 2;
  }
  write(supply, *count, arguments.subspan(1));
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "bench_traffic: {}\n", error.what());
  return 1;
}
