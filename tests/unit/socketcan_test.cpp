// SPDX-License-Identifier: MIT
// What needs no interface; and, marked [vcan], what is tested where vcan0 is: in scripts/vm.
#include <catch2/catch.hpp>
#include <cstdio>

#include "cansuite/interfaces.h"
#include "drivers/socketcan/frame.h"
#include "drivers/socketcan/link.h"
#include "drivers/socketcan/origins.h"
#include "libcan/model/fail.h"
#include "tests/sample.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

bool skip() {
  if (socketcan::find_link("vcan0")) return false;
  WARN("skipped: there is no vcan0; scripts/vm has one");
  return true;
}

std::unique_ptr<Bus> vcan0() {
  BusConfig config;
  config.interface = "socketcan";
  config.channel = "vcan0";
  return open_bus(config);
}

std::vector<Message> receive(Bus& bus, std::size_t count) {
  std::vector<Message> all;
  for (Message one; all.size() < count && bus.receive({&one, 1}, 60s) == 1;) all.push_back(one);
  REQUIRE(all.size() == count);
  return all;
}

bool silent(Bus& bus) {
  Message one;
  return bus.receive({&one, 1}, 100ms) == 0;
}

Message message(std::uint8_t value) { return {.id = 0x123, .length = 1, .data = {value}}; }

}  // namespace

TEST_CASE("frames in the kernel's layout", "[socketcan]") {
  for (Message want :
       sample({.fd = true, .error = true, .error_detail = true, .remote = true, .raw_dlc = true})) {
    canfd_frame frame;
    const std::size_t size = socketcan::encode(want, frame);
    CHECK(size == (want.fd ? CANFD_MTU : CAN_MTU));
    Message got;
    REQUIRE(socketcan::decode(frame, size, got));
    got.timestamp = want.timestamp;
    got.channel = want.channel;
    CAPTURE(want.id, int{want.length});
    CHECK(got == want);
  }
}

TEST_CASE("what is no frame in the kernel's layout", "[socketcan]") {
  canfd_frame frame{};
  Message message;
  CHECK_FALSE(socketcan::decode(frame, 0, message));
  CHECK_FALSE(socketcan::decode(frame, CAN_MTU - 1, message));
  frame.len = 9;
  CHECK_FALSE(socketcan::decode(frame, CAN_MTU, message));
  CHECK(socketcan::decode(frame, CANFD_MTU, message));
  frame.len = 65;
  CHECK_FALSE(socketcan::decode(frame, CANFD_MTU, message));
}

TEST_CASE("a device's clock is brought near the kernel's, and then trusted", "[socketcan]") {
  socketcan::Origins origins(Channel("can0"));
  Message m;
  const auto at = [&](std::chrono::nanoseconds kernel, std::chrono::nanoseconds hardware) {
    origins.complete(1, {kernel, hardware}, m);
    return m.timestamp;
  };
  CHECK(at(1000s, 0s) == 1000s);
  CHECK(at(1000s, 5s) == 1000s);
  CHECK(at(1001s + 3ms, 6s) == 1001s);  // the kernel was late
  CHECK(at(1010s, 1s) == 1010s);        // plugged in again: starts anew
  CHECK(at(1011s + 2ms, 2s) == 1011s);
  origins.complete(2, {1012s, 1011s + 999ms}, m);  // another device, right as it is
  CHECK(m.timestamp == 1011s + 999ms);
}

TEST_CASE("settings of a link", "[socketcan]") {
  socketcan::Link link;
  link.kind = "can";
  link.timing.bitrate = 83'333;
  link.timing.sample_point = 875;
  const auto fits = [&link](auto change) {
    socketcan::LinkSettings wanted;
    change(wanted);
    return socketcan::fits(wanted, link);
  };
  CHECK(fits([](auto&) {}));
  CHECK(fits([](auto& wanted) { wanted.bitrate = 83'300; }));
  CHECK_FALSE(fits([](auto& wanted) { wanted.bitrate = 100'000; }));
  CHECK_FALSE(fits([](auto& wanted) { wanted.sample_point = 750; }));
  CHECK_FALSE(fits([](auto& wanted) { wanted.data_bitrate = 2'000'000; }));
  CHECK_FALSE(fits([](auto& wanted) { wanted.listen_only = true; }));
  CHECK_FALSE(fits([](auto& wanted) { wanted.restart_ms = 100; }));
  CHECK(fits([](auto& wanted) { wanted.listen_only = false; }));
  CHECK(fits([](auto& wanted) { wanted.restart_ms = 0; }));

  socketcan::LinkSettings wanted;
  wanted.bitrate = 500'000;
  wanted.sample_point = 875;
  wanted.data_bitrate = 2'000'000;
  CHECK(socketcan::ip_commands(wanted, "can0") ==
        "ip link set can0 down; ip link set can0 up type can bitrate 500000 sample-point 0.875 "
        "dbitrate 2000000 fd on");
}

TEST_CASE("options of socketcan that can't be", "[socketcan]") {
  const auto open = [](const char* key, const char* value) {
    BusConfig config;
    config.interface = "socketcan";
    config.channel = "vcan0";
    config.options[key] = value;
    return open_bus(config);
  };
  CHECK_THROWS_WITH(open("sample_point", "87.5"),
                    "socketcan vcan0: option 'sample_point': expected a number such as 0.875, got "
                    "'87.5'");
  CHECK_THROWS_WITH(open("sample_point", "0.8"), Catch::Contains("needs its bit rate"));
  CHECK_THROWS_WITH(open("error_mask", "-1"), Catch::Contains("error_mask"));
  CHECK(find_driver("socketcan_native") == find_driver("socketcan"));
  CHECK(find_driver("socketcan_ctypes") == find_driver("socketcan"));
}

TEST_CASE("the kernel sends periodically", "[vcan]") {
  if (skip()) return;
  auto sender = vcan0(), receiver = vcan0();
  constexpr std::size_t kCount = 20;
  auto task = sender->send_periodic(message(1), {.period = 10ms, .count = kCount});
  const auto got = receive(*receiver, kCount);
  std::chrono::nanoseconds worst{};
  for (std::size_t i = 1; i < kCount; ++i)
    worst = std::max(worst, got[i].timestamp - got[i - 1].timestamp);
  std::printf("20 x 10 ms by the kernel: worst gap %.3f ms\n",
              static_cast<double>(worst.count()) / 1e6);
  CHECK(got.back().timestamp - got.front().timestamp >= (kCount - 1) * 10ms - 1ms);
  CHECK(worst < 5s);
  CHECK(task->wait(60s));
  CHECK(silent(*receiver));
  task->start();
  receive(*receiver, kCount);
}

TEST_CASE("the kernel changes data and keeps the times", "[vcan]") {
  if (skip()) return;
  auto sender = vcan0(), receiver = vcan0();
  auto task = sender->send_periodic(message(1), {.period = 1s});
  const Message first = receive(*receiver, 1)[0];
  CHECK(first.data[0] == 1);
  task->modify(message(2));
  const Message second = receive(*receiver, 1)[0];
  CHECK(second.data[0] == 2);
  CHECK(second.timestamp - first.timestamp >= 990ms);  // no sooner
  task->stop();
  CHECK(task->wait(0s));
  task->modify(message(3));
  CHECK(silent(*receiver));
  task->start();
  CHECK(receive(*receiver, 1)[0].data[0] == 3);
}

TEST_CASE("the kernel goes on with another period", "[vcan]") {
  if (skip()) return;
  auto sender = vcan0(), receiver = vcan0();
  auto task = sender->send_periodic(message(1), {.period = 1ms, .count = 10, .then = 200ms});
  const auto got = receive(*receiver, 12);
  CHECK(got[11].timestamp - got[9].timestamp >= 390ms);
  CHECK_FALSE(task->wait(0s));
}

TEST_CASE("the kernel sends every kind of frame periodically", "[vcan]") {
  if (skip()) return;
  auto sender = vcan0(), receiver = vcan0();
  for (const Message& want : sample({.fd = true, .remote = true, .raw_dlc = true})) {
    auto task = sender->send_periodic(want, {.period = 1ms, .count = 2});
    CHECK(task->wait(60s));
    for (Message got : receive(*receiver, 2)) {
      got.timestamp = want.timestamp;
      got.channel = want.channel;
      got.transmitted = want.transmitted;
      CAPTURE(want.id, int{want.length});
      CHECK(got == want);
    }
  }
  auto once = sender->send_periodic(message(1), {.period = 1s, .count = 1});
  CHECK(once->wait(0s));
  receive(*receiver, 1);
}

TEST_CASE("two tasks of the kernel with one id don't disturb each other", "[vcan]") {
  if (skip()) return;
  auto sender = vcan0(), receiver = vcan0();
  auto one = sender->send_periodic(message(1), {.period = 1ms, .count = 30});
  auto other = sender->send_periodic(message(2), {.period = 2ms, .count = 15});
  int counts[3] = {};
  for (const Message& m : receive(*receiver, 45)) ++counts[m.data[0]];
  CHECK(counts[1] == 30);
  CHECK(counts[2] == 15);
}

TEST_CASE("the CAN interfaces there are", "[vcan]") {
  if (skip()) return;
  std::vector<std::string> channels;
  for (const Detected& each : find_driver("socketcan")->detect()) channels.push_back(each.channel);
  CHECK_THAT(channels, Catch::Contains(std::vector<std::string>{"vcan0", "vcan1"}));
}
