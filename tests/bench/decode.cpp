// SPDX-License-Identifier: MIT
// Decodes messages with random data by a DBC file, all signals of each: what a conversion costs
// without reading and writing.
//
//   bench_decode FILE.dbc [MESSAGES]   prints: seconds of parsing, messages and signals a second

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "cansuite/error.h"
#include "cansuite/signals.h"

using namespace can;

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Messages of the database in random order, `count` of them.
std::vector<Message> random_messages(const signals::Database& database, std::size_t count) {
  std::mt19937_64 random(1);
  std::vector<Message> messages(count);
  for (Message& m : messages) {
    const auto& definition = database.messages[random() % database.messages.size()];
    m.id = definition.id;
    m.extended = definition.extended;
    m.fd = definition.length > 8;
    m.length = static_cast<std::uint8_t>(std::min(definition.length, 64u));
    for (std::uint8_t& byte : m.data) byte = static_cast<std::uint8_t>(random());
  }
  return messages;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) return 2;
  const std::size_t wanted = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000'000;
  Clock::time_point start = Clock::now();
  const auto database = std::make_shared<const signals::Database>(signals::load_dbc(argv[1]));
  const double parsing = since(start);
  const auto messages = random_messages(*database, 4096);  // stay in the cache, as batches do
  signals::Decoder decoder(database);
  std::size_t decoded = 0, values = 0;
  std::uint64_t sum = 0;  // so that no value is left out
  start = Clock::now();
  while (decoded < wanted) {
    for (const Message& m : messages) {
      const auto result = decoder.decode(m);
      values += result.values.size();
      for (const signals::Value& value : result.values) sum += value.raw;
    }
    decoded += messages.size();
  }
  const double seconds = since(start);
  fmt::print("{:.6f} {:.0f} {:.0f} {}\n", parsing, static_cast<double>(decoded) / seconds,
             static_cast<double>(values) / seconds, sum % 10);
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "bench_decode: {}\n", error.what());
  return 1;
}
