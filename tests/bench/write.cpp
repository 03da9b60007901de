// SPDX-License-Identifier: MIT
// Writes the messages of a log, which it has read before: what is left of a conversion without its
// reader.
//
//   bench_write LOG NEW       prints as bench_limits: seconds, CPU seconds, messages, bytes out

#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <vector>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/bench/stopwatch.h"

namespace {

constexpr std::size_t kBatch = 2048;     // as canconvert's
constexpr std::size_t kMax = 1'000'000;  // messages in memory

std::vector<can::Message> read_all(const char* path) {
  const auto log = can::open_log(path);
  std::vector<can::Message> all;
  std::vector<can::Message> batch(kBatch);
  while (all.size() < kMax) {
    const std::size_t count = log->read(batch);
    if (count == 0) break;
    all.insert(all.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return all;
}

void write_all(std::span<const can::Message> messages, const char* path) {
  const auto log = can::create_log(path, {});
  for (std::size_t at = 0; at < messages.size(); at += kBatch)
    log->write(messages.subspan(at, std::min(kBatch, messages.size() - at)));
  log->close();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const auto messages = read_all(argv[1]);
  Stopwatch watch;
  watch.start();
  write_all(messages, argv[2]);
  watch.stop();
  watch.print(messages.size(), std::filesystem::file_size(argv[2]));
  return 0;
} catch (const can::Error& error) {
  fmt::print(stderr, "bench_write: {}\n", error.what());
  return 1;
}
