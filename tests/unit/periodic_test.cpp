// SPDX-License-Identifier: MIT
// Periodic messages, sent by the thread that serves drivers without a clock of their own.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

Message message(std::uint8_t value) { return {.id = 0x123, .length = 1, .data = {value}}; }

std::unique_ptr<Bus> open_end(bool fd = true) {
  BusConfig config;
  config.interface = "virtual";
  config.channel = "periodic";
  config.fd = fd;
  return open_bus(config);
}

struct Ends {
  std::unique_ptr<Bus> sender = open_end(), receiver = open_end();

  Message next() {
    Message one;
    REQUIRE(receiver->receive({&one, 1}, 20s) == 1);
    return one;
  }
  std::vector<Message> next(std::size_t count) {
    std::vector<Message> all;
    while (all.size() < count) all.push_back(next());
    return all;
  }
  void drain() {
    Message one;
    while (receiver->receive({&one, 1}, 0ns) == 1) continue;
  }
  bool silent() {
    Message one;
    return receiver->receive({&one, 1}, 50ms) == 0;
  }
};

/// Takes a while for each message, or none at all.
class SlowBus final : public Bus {
 public:
  explicit SlowBus(std::chrono::nanoseconds cost) : cost_(cost) {}
  int descriptor() const override { return -1; }
  std::string name() const override { return "slow"; }

  std::atomic<bool> full = false, in_flight = false;
  std::atomic<int> sent = 0;

 protected:
  std::size_t send_some(std::span<const Message>) override {
    if (full) return 0;
    in_flight = true;
    std::this_thread::sleep_for(cost_);
    in_flight = false;
    ++sent;
    return 1;
  }
  std::size_t receive_any(std::span<Message>, std::chrono::nanoseconds) override { return 0; }

 private:
  const std::chrono::nanoseconds cost_;
};

}  // namespace

TEST_CASE("periodic messages that come too late for ever can be stopped", "[periodic]") {
  SlowBus bus(2ms);
  std::vector<std::unique_ptr<PeriodicTask>> tasks;
  for (std::uint32_t id = 0; id < 20; ++id)
    tasks.push_back(bus.send_periodic({.id = id}, {.period = 100us}));
  std::this_thread::sleep_for(100ms);
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t skipped = 0;
  for (const auto& task : tasks) {
    CHECK_FALSE(task->wait(0ns));
    skipped += task->skipped();
    task->stop();
    if (&task == &tasks.back()) CHECK_FALSE(bus.in_flight);
  }
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(skipped > 0);
  const int sent = bus.sent;
  CHECK(sent > 0);
  std::this_thread::sleep_for(20ms);
  CHECK(bus.sent == sent);
}

TEST_CASE("a periodic message that is late skips the periods that have passed, each",
          "[periodic]") {
  SlowBus bus(105ms);
  auto task = bus.send_periodic({.id = 1}, {.period = 10ms, .count = 2});
  CHECK(task->wait(20s));
  CHECK(bus.sent == 2);
  CHECK(task->skipped() >= 10);
}

TEST_CASE("every one of several late periodic messages gets its turn", "[periodic]") {
  SlowBus bus(2ms);
  auto greedy = bus.send_periodic({.id = 1}, {.period = 100us});
  auto modest = bus.send_periodic({.id = 2}, {.period = 1ms, .count = 5});
  CHECK(modest->wait(20s));
}

TEST_CASE("a periodic message that finds the bus full waits, and can be stopped", "[periodic]") {
  SlowBus bus(0ns);
  bus.full = true;
  auto task = bus.send_periodic(message(1), {.period = 1ms, .count = 3});
  std::this_thread::sleep_for(20ms);
  CHECK_FALSE(task->wait(0ns));
  bus.full = false;
  CHECK(task->wait(20s));
  CHECK(bus.sent == 3);
  bus.full = true;
  task->start();
  const auto start = std::chrono::steady_clock::now();
  task->stop();
  CHECK(std::chrono::steady_clock::now() - start < 500ms);
  bus.full = false;
  std::this_thread::sleep_for(5ms);
  CHECK(bus.sent == 3);
}

TEST_CASE("a periodic message comes again and again until it is stopped", "[periodic]") {
  Ends ends;
  const auto start = std::chrono::steady_clock::now();
  auto task = ends.sender->send_periodic(message(1), {.period = 2ms});
  for (const Message& m : ends.next(20)) CHECK(m.id == 0x123);
  CHECK(std::chrono::steady_clock::now() - start >= 19 * 2ms);
  CHECK_FALSE(task->wait(0ns));
  task->stop();
  ends.drain();
  CHECK(ends.silent());
  CHECK(task->wait(0ns));
  task->start();
  ends.next(3);
}

TEST_CASE("a periodic message ends with its task", "[periodic]") {
  Ends ends;
  ends.sender->send_periodic(message(1), {.period = 1ms});
  ends.drain();
  CHECK(ends.silent());
}

TEST_CASE("a periodic message with a count ends by itself", "[periodic]") {
  Ends ends;
  auto task = ends.sender->send_periodic(message(1), {.period = 1ms, .count = 5});
  CHECK(task->wait(20s));
  ends.next(5);
  CHECK(ends.silent());
  task->start();
  CHECK(task->wait(20s));
  ends.next(5);
  CHECK(ends.silent());
}

TEST_CASE("a periodic message goes on with another period", "[periodic]") {
  Ends ends;
  const auto start = std::chrono::steady_clock::now();
  const Cycle cycle = {.period = 1ms, .count = 10, .then = 60ms};
  auto task = ends.sender->send_periodic(message(1), cycle);
  ends.next(12);
  CHECK(std::chrono::steady_clock::now() - start >= 9 * 1ms + 2 * 60ms);
  CHECK_FALSE(task->wait(0ns));
}

TEST_CASE("a periodic message changes its data and keeps its times", "[periodic]") {
  Ends ends;
  const auto start = std::chrono::steady_clock::now();
  auto task = ends.sender->send_periodic(message(1), {.period = 500ms});
  CHECK(ends.next().data[0] == 1);
  task->modify(message(2));
  CHECK(ends.next().data[0] == 2);
  CHECK(std::chrono::steady_clock::now() - start >= 500ms);  // no sooner

  task->stop();
  ends.drain();
  task->modify({.id = 0x123, .length = 2, .data = {3, 4}});
  CHECK(ends.silent());
  task->start();
  CHECK(ends.next().length == 2);

  CHECK_THROWS_WITH(task->modify({.id = 0x124}), Catch::Contains("id 123 can't become 124"));
  CHECK_THROWS_AS(task->modify({.id = 0x123, .length = 9}), Error);
}

TEST_CASE("periodic messages of one id and other senders don't disturb each other", "[periodic]") {
  Ends ends;
  auto slow = ends.sender->send_periodic(message(1), {.period = 5ms, .count = 20});
  auto fast = ends.sender->send_periodic(message(2), {.period = 1ms, .count = 100});
  for (int i = 0; i < 100; ++i) {
    const Message one = message(3);
    ends.sender->send({&one, 1});
  }
  CHECK(slow->wait(20s));
  CHECK(fast->wait(20s));
  int counts[4] = {};
  for (const Message& m : ends.next(220)) ++counts[m.data[0]];
  CHECK(counts[1] == 20);
  CHECK(counts[2] == 100);
  CHECK(counts[3] == 100);
}

TEST_CASE("a periodic message that can't be sent says so", "[periodic]") {
  Ends ends;
  CHECK_THROWS_WITH(ends.sender->send_periodic({.id = 0x800}, {.period = 1s}),
                    Catch::StartsWith("virtual periodic: can't send id 800: "));
  CHECK_THROWS_WITH(ends.sender->send_periodic(message(1), {}), Catch::Contains("at least 1 us"));

  auto classic = open_end(false);
  auto task = classic->send_periodic({.id = 1, .length = 12, .fd = true}, {.period = 1ms});
  try {
    task->wait(20s);
    FAIL("sent CAN FD");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::unsupported);
  }
  CHECK(task->wait(0ns));
}

TEST_CASE("a periodic message may outlive its bus", "[periodic]") {
  Ends ends;
  auto running = ends.sender->send_periodic(message(1), {.period = 100us});
  auto stopped = ends.sender->send_periodic(message(2), {.period = 100us});
  stopped->stop();
  ends.next(20);
  ends.sender.reset();
  ends.drain();
  CHECK(ends.silent());
  CHECK(running->wait(std::chrono::nanoseconds::max()));  // it has ended
  running->modify(message(3));
  running->stop();
  for (PeriodicTask* task : {running.get(), stopped.get()})
    CHECK_THROWS_WITH(task->start(), "the bus of the periodic message is closed");
}
