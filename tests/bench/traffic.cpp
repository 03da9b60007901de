// SPDX-License-Identifier: MIT
#include "tests/bench/traffic.h"

#include <algorithm>
#include <numeric>

namespace can::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds kStart = 1'700'000'000s;

/// How many ids are sent how often. The fastest come first: they have the lowest ids.
struct Rate {
  nanoseconds period;
  std::size_t senders;
};
constexpr Rate kClassic[] = {{10ms, 12},  {20ms, 14},  {50ms, 10}, {100ms, 16},
                             {200ms, 12}, {500ms, 18}, {1s, 54}};
constexpr Rate kFd = {100ms, 13};
constexpr std::size_t kClassicSenders = 136;

constexpr std::size_t kExtendedEach = 8, kShortEach = 12;  // one sender in so many
constexpr std::uint32_t kJitter = 100;                     // us

/// About what a frame of this kind takes, stuff bits included: CAN FD's data at 2 Mbit/s.
nanoseconds time_on_bus(const Message& m) {
  const int head = m.extended ? 77 : 53;
  if (m.fd) return head * 2us + m.length * 8 * 600ns;
  return (head + m.length * 9) * 2us;
}

/// So that each signal has a start of its own, and neighbours differ.
std::uint16_t scattered(std::size_t number) {
  return static_cast<std::uint16_t>(number * 40'503 + 12'345);
}

/// Two bytes each take half of the frame.
std::size_t signals_of(const Message& m) { return m.length / 4; }

/// As in J1939: priority 6, a group, an address.
std::uint32_t id_of(std::size_t number, bool extended) {
  const auto n = static_cast<std::uint32_t>(number);
  return extended ? 0x18FE0000 + n * 0x100 + 0x17 : 0x60 + n * 12;
}

}  // namespace

Traffic::Traffic() {
  for (const Rate& rate : kClassic)
    for (std::size_t i = 0; i < rate.senders; ++i) add_sender(rate.period);
  for (std::size_t i = 0; i < kFd.senders; ++i) add_sender(kFd.period);
}

void Traffic::add_sender(nanoseconds period) {
  const std::size_t number = senders_.size();
  Sender sender{.period = period, .message = {}};
  Message& m = sender.message;
  m.fd = m.brs = number >= kClassicSenders;
  m.channel = Channel(m.fd ? "can1" : "can0");
  m.extended = number % kExtendedEach == 5;
  m.id = id_of(number, m.extended);
  m.length = m.fd ? 64 : number % kShortEach == 7 ? 4 : 8;
  sender.is_protected = number % 2 == 0;
  m.data.fill(number % 4 < 2 ? 0x00 : 0xFF);
  for (std::size_t i = 0; i < signals_of(m); ++i)
    sender.signals[i] = scattered(number * sender.signals.size() + i);
  // Each begins at some time of its period: on a bus all of them at once would never do.
  const nanoseconds begin = period / 1000 * dice_.roll(1000);
  due_.push({kStart + begin, number});
  senders_.push_back(sender);
}

void Traffic::next(std::span<Message> out) {
  for (Message& message : out) {
    const Due due = due_.top();
    due_.pop();
    Sender& sender = senders_[due.sender];
    drift(sender);
    fill(sender);
    message = sender.message;
    message.timestamp = transmit(message, due.time + dice_.roll(kJitter) * 1us);
    due_.push({due.time + sender.period, due.sender});
  }
}

/// The first signal moves often, like a speed; the others seldom, like a temperature.
void Traffic::drift(Sender& sender) {
  ++sender.counter;
  for (std::size_t i = 0; i < signals_of(sender.message); ++i) {
    if (dice_.roll(i == 0 ? 2 : 10) != 0) continue;
    const std::uint32_t step = dice_.roll(7);  // around 3
    sender.signals[i] = static_cast<std::uint16_t>(sender.signals[i] + step - 3);
  }
}

/// The signals stand from byte 2 on, big-endian. What is behind them is not in use.
void Traffic::fill(Sender& sender) {
  Message& m = sender.message;
  for (std::size_t i = 0; i < signals_of(m); ++i) {
    m.data[2 + 2 * i] = static_cast<std::uint8_t>(sender.signals[i] >> 8);
    m.data[3 + 2 * i] = static_cast<std::uint8_t>(sender.signals[i]);
  }
  if (sender.is_protected) protect(m, sender.counter);
}

/// As AUTOSAR's E2E protection has it: byte 0 is a checksum over the others, byte 1 a counter of
/// four bits below a status that stays.
void Traffic::protect(Message& m, std::uint8_t counter) {
  m.data[1] = static_cast<std::uint8_t>((m.id & 0xF0) | (counter & 0x0F));
  const auto end = m.data.begin() + m.length;
  m.data[0] = static_cast<std::uint8_t>(0xFF - std::accumulate(m.data.begin() + 1, end, 0u));
}

/// When the frame is through, in whole microseconds, which every format keeps. A log has one clock:
/// no time in it goes back.
nanoseconds Traffic::transmit(const Message& m, nanoseconds due) {
  nanoseconds& free_at = free_at_[m.fd ? 1 : 0];
  free_at = std::max(due, free_at) + time_on_bus(m);
  last_ = std::max(free_at, last_ + 1us);
  return std::chrono::floor<std::chrono::microseconds>(last_);
}

}  // namespace can::bench
