// SPDX-License-Identifier: MIT
// Counts the messages of each id in a log of any format: count_ids FILE
#include <cansuite/cansuite.h>

#include <cstdio>
#include <map>
#include <vector>

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  std::map<std::uint32_t, unsigned long> counts;
  std::vector<can::Message> batch(1024);  // faster than log->messages(), one at a time
  const auto log = can::open_log(argv[1]);
  while (const std::size_t count = log->read(batch))
    for (std::size_t i = 0; i < count; ++i) ++counts[batch[i].id];
  for (const auto& [id, count] : counts) std::printf("%08X %lu\n", id, count);
} catch (const can::Error& error) {
  std::fprintf(stderr, "count_ids: %s\n", error.what());
  return 1;
}
