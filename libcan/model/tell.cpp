// SPDX-License-Identifier: MIT
#include "libcan/model/tell.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <utility>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr std::string_view kLevels[] = {"off", "error", "warning", "info", "debug"};

std::atomic<LogLevel> limit = LogLevel::off;

struct Told {
  std::mutex mutex;
  LogSink sink;
};
Told& told() {
  static Told told;
  return told;
}

}  // namespace

void set_log_level(LogLevel level) { limit = level; }

void set_log_level(std::string_view level) {
  const auto* const found = std::ranges::find(kLevels, to_lower(level));
  if (found == std::end(kLevels))
    fail(Errc::invalid, "no log level {}; expected off, error, warning, info or debug",
         quote(level));
  set_log_level(static_cast<LogLevel>(found - kLevels));
}

void set_log_sink(LogSink sink) {
  std::lock_guard lock(told().mutex);
  told().sink = std::move(sink);
}

bool tells(LogLevel level) { return level <= limit; }

void tell(LogLevel level, std::string_view line) {
  if (!tells(level)) return;
  std::lock_guard lock(told().mutex);
  if (told().sink) return told().sink(level, line);
  fmt::print(stderr, "can: {}: {}\n", kLevels[static_cast<std::size_t>(level)], escaped(line));
}

}  // namespace can
