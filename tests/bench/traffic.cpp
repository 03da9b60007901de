// SPDX-License-Identifier: MIT
#include "tests/bench/traffic.h"

#include <algorithm>

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
constexpr std::uint32_t kJitter = 400;                     // us

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
  for (std::size_t i = 0; i < sender.signals.size(); ++i)
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

/// The first signals move at most times, like a speed; the others seldom, like a temperature.
void Traffic::drift(Sender& sender) {
  ++sender.counter;
  for (std::size_t i = 0; i < sender.signals.size(); ++i) {
    if (dice_.roll(i < 2 ? 2 : 16) != 0) continue;
    const std::uint32_t step = dice_.roll(7);  // around 3
    sender.signals[i] = static_cast<std::uint16_t>(sender.signals[i] + step - 3);
  }
}

/// Byte 0 is a counter of four bits below a status that stays, the last one a checksum over the
/// others; between them stand the signals, big-endian.
void Traffic::fill(Sender& sender) {
  Message& m = sender.message;
  m.data[0] = static_cast<std::uint8_t>((m.id & 0xF0) | (sender.counter & 0x0F));
  for (std::size_t at = 1; at + 1 < m.length; ++at) {
    const std::uint16_t signal = sender.signals[(at - 1) / 2];
    m.data[at] = static_cast<std::uint8_t>(at % 2 == 1 ? signal >> 8 : signal);
  }
  std::uint8_t sum = 0xFF;
  for (std::size_t at = 0; at + 1 < m.length; ++at)
    sum = static_cast<std::uint8_t>(sum - m.data[at]);
  m.data[m.length - 1u] = sum;
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
