// SPDX-License-Identifier: MIT
#include "cansuite/summary.h"

#include <catch2/catch.hpp>

using namespace can;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kBitrate = 500'000, kDataBitrate = 2'000'000;

Message at(std::chrono::nanoseconds time, std::uint32_t id, const char* channel = "can0") {
  Message m{.timestamp = time, .id = id, .length = 8};
  m.channel = Channel(channel);
  return m;
}

Summary summary_of(const std::vector<Message>& messages) {
  Summary summary(kBitrate, kDataBitrate);
  // One by one and at once have to be the same.
  for (const Message& message : messages) summary.add({&message, 1});
  Summary at_once(kBitrate, kDataBitrate);
  at_once.add(messages);
  CHECK(at_once.messages() == summary.messages());
  CHECK(at_once.backwards() == summary.backwards());
  return summary;
}

}  // namespace

TEST_CASE("bits of a frame on the bus") {
  // ISO 11898-1, without stuff bits: 47 bits around the data of a standard frame, 67 of an
  // extended.
  CHECK(bits_of({.id = 1, .length = 8}).nominal == 47 + 64);
  CHECK(bits_of({.id = 1, .length = 8, .extended = true}).nominal == 67 + 64);
  CHECK(bits_of({.id = 1, .length = 8, .remote = true}).nominal == 47);
  CHECK(bits_of({.error = true}).nominal == 20);
  const FrameBits slow = bits_of({.id = 1, .length = 64, .fd = true});
  const FrameBits fast = bits_of({.id = 1, .length = 64, .fd = true, .brs = true});
  CHECK(slow.data == 0);
  CHECK(fast.nominal + fast.data == slow.nominal);
  CHECK(fast.data > 64 * 8);
  // A longer checksum from 20 bytes on.
  CHECK(bits_of({.id = 1, .length = 20, .fd = true}).nominal -
            bits_of({.id = 1, .length = 16, .fd = true}).nominal ==
        4 * 8 + 5);
}

TEST_CASE("a summary counts each kind of frame, on each channel") {
  const Summary summary = summary_of({
      at(1s, 1),
      {.timestamp = 2s, .id = 2, .channel = Channel("can1"), .length = 12, .fd = true},
      {.timestamp = 3s, .id = 3, .channel = Channel("can0"), .length = 4, .remote = true},
      {.timestamp = 4s, .channel = Channel("can0"), .error = true},
      at(5s, 1),
  });
  CHECK(summary.messages() == 5);
  CHECK(summary.first() == 1s);
  CHECK(summary.last() == 5s);
  REQUIRE(summary.buses().size() == 2);
  const Summary::Bus& bus = summary.buses()[0];
  CHECK(bus.channel == Channel("can0"));
  CHECK(bus.data == 2);
  CHECK(bus.remote == 1);
  CHECK(bus.error == 1);
  CHECK(bus.frames() == 4);
  CHECK(bus.ids.size() == 2);  // an error frame has no id
  CHECK(bus.ids.at(1).count == 2);
  CHECK(summary.buses()[1].fd == 1);
}

TEST_CASE("a summary tells pauses, of each id and of the bus") {
  const Summary summary = summary_of({at(0s, 1), at(1s, 2), at(3s, 1), at(8s, 1), at(9s, 2)});
  const Summary::Bus& bus = summary.buses().front();
  CHECK(bus.ids.at(1).shortest == 3s);
  CHECK(bus.ids.at(1).longest == 5s);
  CHECK(bus.ids.at(2).shortest == 8s);
  CHECK(bus.longest_gap == 5s);
  CHECK(bus.gap_at == 3s);
}

TEST_CASE("messages are backwards by the one before, not by the latest") {
  CHECK(summary_of({at(5s, 1), at(1s, 1), at(2s, 1), at(3s, 1)}).backwards() == 1);
  CHECK(summary_of({at(5s, 1), at(4s, 1), at(3s, 1)}).backwards() == 2);
  CHECK(summary_of({at(5s, 1), at(5s, 1)}).backwards() == 0);
  CHECK(summary_of({at(5s, 1), at(1s, 1)}).first() == 1s);
}

TEST_CASE("a standard and an extended id are two") {
  std::vector<Message> messages = {at(0s, 5), at(1s, 5)};
  messages[1].extended = true;
  const Summary summary = summary_of(messages);
  CHECK(summary.buses().front().ids.size() == 2);
  CHECK(summary.buses().front().ids.contains(5 | 1u << 31));
}

TEST_CASE("the bus load is that of the bits, the peak that of the busiest second") {
  std::vector<Message> messages = {at(0s, 1)};
  for (int i = 0; i < 10; ++i) messages.push_back(at(5s + i * 10ms, 1));
  const Summary::Bus bus = summary_of(messages).buses().front();
  const auto one = std::chrono::nanoseconds(111 * 2'000);  // 111 bits of 2 us
  CHECK(bus.busy == 11 * one);
  CHECK(bus.busiest == 10 * one);
}
