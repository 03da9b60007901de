// SPDX-License-Identifier: MIT
// Reads a log and throws it away: what is left of a conversion without its writer.
//
//   bench_read LOG        prints how many messages there are

#include <fmt/core.h>

#include <cstdio>
#include <vector>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  const auto log = can::open_log(argv[1]);
  std::vector<can::Message> batch(2048);  // as canconvert's
  std::size_t messages = 0;
  while (const std::size_t count = log->read(batch)) messages += count;
  fmt::print("{}\n", messages);
  return 0;
} catch (const can::Error& error) {
  fmt::print(stderr, "bench_read: {}\n", error.what());
  return 1;
}
