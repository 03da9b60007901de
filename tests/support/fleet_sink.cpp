// SPDX-License-Identifier: MIT
// fleet_sink URL FOLDER: stores the batches of vehicles in a folder, until a signal; for tests in
// Python.

#include <cstdio>

#include "cansuite/error.h"
#include "libcan/fleet/collector.h"
#include "libcan/platform/signals.h"
#include "tests/support/folder_store.h"

int main(int argc, char** argv) try {
  using namespace can::fleet;
  using namespace std::chrono_literals;
  if (argc != 3) return 2;
  can::Signals signals;
  FolderStore store(argv[2]);
  Collector collector(
      {.mqtt = {.url = parse_url(argv[1], Wildcards::allow)},
       .sync_every = 200ms,
       .on_notice = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }},
      store);
  while (signals.received() == 0) collector.step(100ms);
  collector.finish();
  const auto& counters = collector.counters();
  std::printf("%zu stored, %zu duplicates, %zu gaps, %zu damaged\n", counters.stored,
              counters.duplicates, counters.gaps, counters.damaged);
} catch (const can::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
