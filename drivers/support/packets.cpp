// SPDX-License-Identifier: MIT
#include "drivers/support/packets.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kPatience = 200ms;  // for the rest of a packet: 19 bytes take 160 ms at 1200 baud

}  // namespace

void PacketProtocol::start_anew() {
  in_garbage_ = true;
  incomplete_ = 0;
}

std::size_t PacketProtocol::decode(std::span<const std::uint8_t> bytes, nanoseconds arrival,
                                   Decoded& out) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto rest = bytes.subspan(at);
    const Packet packet =
        rest[0] == start_ ? read(rest, arrival, out) : Packet{Packet::State::wrong};
    if (packet.state == Packet::State::incomplete) return at;
    const bool wrong = packet.state == Packet::State::wrong;
    if (wrong && !in_garbage_) ++out.malformed;
    in_garbage_ = wrong;
    at += wrong ? 1 : packet.size;
  }
  return at;
}

nanoseconds PacketProtocol::do_due(nanoseconds now, SerialLine& line, Decoded& out) {
  const std::size_t waiting = line.unread().size();
  if (waiting != incomplete_) since_ = Clock::now();
  incomplete_ = waiting;
  if (waiting == 0) return 1h;
  const auto age = Clock::now() - since_;
  if (age < kPatience) return kPatience - age;
  if (!in_garbage_) ++out.malformed;
  in_garbage_ = true;
  line.consume(1);
  line.consume(decode(line.unread(), now, out));
  incomplete_ = 0;
  return kPatience;
}

}  // namespace can
