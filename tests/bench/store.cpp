// SPDX-License-Identifier: MIT
// Stores what vehicles send, each second synced, as canlogger does behind a broker.
//
//   bench_store PATTERN VEHICLES SECONDS FRAMES_A_SECOND [ROTATE_SECONDS]
//
// Prints as bench_limits: seconds, CPU seconds, messages, bytes of batches. The vehicles are named
// car0 and so on, and send the same from 2023-11-14 22:13:20 UTC on.

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "formats/registry/vehicle_store.h"
#include "libcan/model/fail.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/vehicle.h"

using namespace can;

namespace {

constexpr auto kStart = std::chrono::seconds(1'700'000'000);

void put(fleet::BatchStore& store, const std::string& name, const std::string& batch) {
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size());
  if (store.put(name, bytes) != fleet::BatchStore::Verdict::stored)
    fail(Errc::io, "a batch was not stored");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 5) return 2;
  const auto number = [&](int at) { return std::strtoull(argv[at], nullptr, 10); };
  const std::size_t vehicles = number(2), seconds = number(3), rate = number(4);
  const auto store =
      open_store(argv[1], {.threads = 1}, nullptr, std::chrono::seconds(argc > 5 ? number(5) : 0));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < vehicles; ++i) names.push_back("car" + std::to_string(i));
  bench::Vehicle vehicle(1, rate, kStart);
  Stopwatch watch;
  std::size_t bytes = 0;
  for (std::size_t second = 0; second < seconds; ++second) {
    const auto batches = vehicle.next_second();
    watch.start();
    for (const std::string& name : names)
      for (const bench::Vehicle::Batch& batch : batches) {
        put(*store, name, batch.bytes);
        bytes += batch.bytes.size();
      }
    store->sync();
    watch.stop();
  }
  watch.print(vehicles * seconds * rate, bytes);
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "bench_store: {}\n", error.what());
  return 1;
}
