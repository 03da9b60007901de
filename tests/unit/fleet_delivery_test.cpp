// SPDX-License-Identifier: MIT
// Which batch is sent when, against a sink and a network that lose what they like.
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <vector>

#include "cansuite/frame.h"
#include "libcan/canb/canb.h"
#include "libcan/fleet/delivery.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace can::fleet;
using namespace std::chrono_literals;

namespace {

/// A vehicle with a clock of its own.
struct Vehicle {
  explicit Vehicle(const std::string& folder, std::uint64_t number_of_run = 1)
      : spool(folder, "car", Spool::kMinLimit, Spool::Full::drop), run(number_of_run) {}

  void record(std::size_t batches, std::size_t frames = 1) {
    canb::Encoder encoder(0);
    for (; batches > 0; --batches) {
      for (std::size_t i = 0; i < frames; ++i) {
        const Message message = frame(0x123, {1, 2, 3, 4, 5, 6, 7, 8});
        encoder.add({&message, 1});
      }
      spool.append(encoder.take({.run = run, .number = next, .first_frame = next * frames}),
                   frames);
      ++next;
    }
  }

  /// The numbers of all that is sent now; -1 before one that begins.
  std::vector<int> sent() {
    std::vector<int> numbers;
    while (const auto sending = delivery.next(now)) {
      if (sending->begins) numbers.push_back(-1);
      numbers.push_back(static_cast<int>(sending->batch.position.number));
    }
    return numbers;
  }

  Spool spool;
  std::uint64_t run, next = 0;
  Delivery delivery{spool};
  Delivery::Time now{};
};

std::vector<int> from_to(int first, int last) {
  std::vector<int> numbers;
  for (; first <= last; ++first) numbers.push_back(first);
  return numbers;
}

/// A sink as BatchStore describes it.
struct Sink {
  void begin(Position at) {
    if (at.run != next.run || at.number > next.number) next = at;
  }
  void put(Position at) {
    if (at != next) return;
    stored.push_back(at);
    ++next.number;
  }

  Position next{};
  std::vector<Position> stored{};
};

}  // namespace

TEST_CASE("batches are sent as they come, and once", "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  CHECK(car.sent().empty());
  car.delivery.connected(car.now);
  car.record(1);
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.record(2);
  CHECK(car.sent() == std::vector<int>{1, 2});
  car.delivery.acknowledge({1, 2}, car.now);
  CHECK(car.delivery.complete());
  car.record(1);
  CHECK(car.sent() == std::vector<int>{3});
  CHECK(car.delivery.repeated() == 0);
}

TEST_CASE("what waited is sent once a sink answers, a window at a time", "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  car.record(100);
  car.delivery.connected(car.now);
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.delivery.acknowledge({1, 0}, car.now);
  CHECK(car.sent() == from_to(1, 64));
  CHECK(car.sent().empty());
  car.delivery.acknowledge({1, 10}, car.now);
  CHECK(car.sent() == from_to(65, 74));
}

TEST_CASE("without a sink the oldest batch is repeated and new ones are sent once",
          "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  car.record(10);
  car.delivery.connected(car.now);
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.record(1);
  CHECK(car.sent() == std::vector<int>{10});
  car.now += 1s;
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.now += 1s;
  CHECK(car.sent().empty());
  car.now += 1s;
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.delivery.acknowledge({1, 0}, car.now);
  CHECK(car.sent() == from_to(1, 10));
}

TEST_CASE("after a silence the oldest unacknowledged batch is sent again", "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  car.delivery.connected(car.now);
  car.record(5);
  car.sent();
  car.delivery.acknowledge({1, 1}, car.now);
  CHECK(car.delivery.due() == car.now + Delivery::kSilence);
  car.now += Delivery::kSilence;
  CHECK(car.sent() == std::vector<int>{-1, 2});
  car.delivery.acknowledge({1, 2}, car.now);
  CHECK(car.sent() == std::vector<int>{3, 4});
}

TEST_CASE("a lost connection repeats what was under way", "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  car.delivery.connected(car.now);
  car.record(5);
  car.sent();
  car.delivery.acknowledge({1, 0}, car.now);
  car.delivery.connected(car.now);
  CHECK(car.sent() == std::vector<int>{-1, 1});
}

TEST_CASE("acknowledgements of what was not sent have no effect", "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  car.record(5);
  car.delivery.acknowledge({1, 4}, car.now);
  car.delivery.connected(car.now);
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.delivery.acknowledge({2, 4}, car.now);
  CHECK(car.sent().empty());
  car.delivery.acknowledge({1, 1'000'000}, car.now);
  CHECK(car.sent() == from_to(1, 4));
  CHECK_FALSE(car.delivery.complete());
}

TEST_CASE("another run follows once the one before is acknowledged", "[fleet][delivery]") {
  const TemporaryFolder folder;
  { Vehicle(folder.path() + "/spool", 1).record(3); }
  Vehicle car(folder.path() + "/spool", 2);
  car.delivery.connected(car.now);
  car.record(2);
  CHECK(car.sent() == std::vector<int>{-1, 0, 1});  // the 1 is for those who watch
  car.delivery.acknowledge({1, 0}, car.now);
  CHECK(car.sent() == std::vector<int>{1, 2});
  car.delivery.acknowledge({2, 1}, car.now);
  CHECK(car.sent().empty());
  car.delivery.acknowledge({1, 2}, car.now);
  CHECK(car.sent() == std::vector<int>{-1, 0, 1});
}

TEST_CASE("a dropped part of the spool is a gap that the sink is told", "[fleet][delivery]") {
  const TemporaryFolder folder;
  Vehicle car(folder.path() + "/spool");
  car.delivery.connected(car.now);
  car.record(1, 2000);
  CHECK(car.sent() == std::vector<int>{-1, 0});
  car.record(200, 2000);
  REQUIRE(car.spool.lost() > 0);
  car.delivery.acknowledge({1, 0}, car.now);
  std::vector<int> sent;
  for (std::vector<int> part; !(part = car.sent()).empty();) {
    sent.insert(sent.end(), part.begin(), part.end());
    car.delivery.acknowledge({1, static_cast<std::uint64_t>(part.back())}, car.now);
  }
  CHECK(sent.back() == 200);
  const auto begins = std::count(sent.begin(), sent.end(), -1);
  CHECK(begins == 1);
  CHECK(car.spool.lost() == 2000 * (200 - (sent.size() - 1)));
}

TEST_CASE("whatever is lost on the way, each batch is stored once and in order",
          "[fleet][delivery]") {
  for (unsigned seed = 0; seed < 8; ++seed) {
    CAPTURE(seed);
    std::minstd_rand random(seed + 1);
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    const TemporaryFolder folder;
    Vehicle car(folder.path() + "/spool");
    Sink sink;
    for (int round = 0; round < 4000; ++round) {
      car.now += 100ms;
      if (round < 1000 && chance(50)) car.record(1 + random() % 3);
      if (chance(2)) car.delivery.connected(car.now);
      while (const auto sending = car.delivery.next(car.now)) {
        if (sending->begins && !chance(20)) sink.begin(sending->batch.position);
        for (unsigned copies = chance(5) ? 2 : 1; copies > 0; --copies)
          if (!chance(3)) sink.put(sending->batch.position);
      }
      if (!sink.stored.empty() && chance(70)) car.delivery.acknowledge(sink.stored.back(), car.now);
    }
    REQUIRE(car.delivery.complete());
    REQUIRE(sink.stored.size() == car.next);
    for (std::uint64_t i = 0; i < car.next; ++i) REQUIRE(sink.stored[i] == Position{1, i});
  }
}
