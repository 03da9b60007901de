// SPDX-License-Identifier: MIT
// Sends COUNT messages, RATE a second (0: as fast as it can), in batches as one thread of a program
// would. Prints how many were sent and how long it took, in seconds.
//
//   bench_flood INTERFACE CHANNEL COUNT RATE

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"
#include "tests/bench/traffic.h"

using namespace can;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMaxBatch = 64;    // a system call's worth
constexpr double kBatches = 3000;        // a second, when there is time for them
constexpr std::size_t kStock = 1 << 16;  // messages, used over and over: making them isn't measured

/// When message number `count` is due, seconds after the start.
std::chrono::nanoseconds due(std::size_t count, double rate) {
  return std::chrono::nanoseconds(
      rate > 0 ? static_cast<std::int64_t>(static_cast<double>(count) / rate * 1e9) : 0);
}

/// Messages a batch: slow traffic comes one by one, as on a bus.
std::size_t batch_for(double rate) {
  if (rate <= 0) return kMaxBatch;
  return static_cast<std::size_t>(std::clamp<double>(rate / kBatches, 1, kMaxBatch));
}

void flood(Bus& bus, std::size_t count, double rate) {
  const std::size_t batch = batch_for(rate);
  std::vector<Message> stock(kStock + batch);
  bench::Traffic().next(stock);
  const auto start = Clock::now();
  for (std::size_t sent = 0; sent < count;) {
    const std::size_t size = std::min(batch, count - sent);
    std::this_thread::sleep_until(start + due(sent, rate));
    bus.send({stock.data() + sent % kStock, size});
    sent += size;
  }
  bus.flush();
  const std::chrono::duration<double> took = Clock::now() - start;
  fmt::print("{} {:.6f}\n", count, took.count());
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) return 2;
  BusConfig config;
  config.interface = argv[1];
  config.channel = argv[2];
  const auto bus = open_bus(config);
  flood(*bus, std::strtoull(argv[3], nullptr, 10), std::strtod(argv[4], nullptr));
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "bench_flood: {}\n", error.what());
  return 1;
}
