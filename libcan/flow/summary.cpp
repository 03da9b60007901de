// SPDX-License-Identifier: MIT
#include "cansuite/summary.h"

#include <algorithm>

#include "libcan/model/frame_bits.h"

namespace can {
namespace {

constexpr std::uint32_t kErrorBits = 20;
constexpr std::int64_t kSecond = 1'000'000'000;

FrameBits classic_bits(const Message& m) {
  // SOF, id, RTR, IDE, r0, DLC; an extended id adds 18 bits, SRR and r1. Then CRC and its
  // delimiter, ACK and its delimiter, end of frame, intermission.
  const std::uint32_t head = 1 + 11 + 3 + 4 + (m.extended ? 20 : 0);
  const auto data = static_cast<std::uint32_t>(m.payload().size()) * 8;
  return {.nominal = head + data + 16 + 2 + 7 + 3};
}

FrameBits fd_bits(const Message& m) {
  // Up to BRS: SOF, id, RRS, IDE, FDF, res, BRS; an extended id adds 18 bits and SRR.
  const std::uint32_t head = 1 + 11 + 5 + (m.extended ? 19 : 0);
  // ESI, DLC, data, stuff count with parity, CRC of 17 or 21 bits with its fixed stuff bits, CRC
  // delimiter.
  const auto data = static_cast<std::uint32_t>(m.payload().size());
  const std::uint32_t crc = data > 16 ? 21 + 7 : 17 + 6;
  const std::uint32_t middle = 1 + 4 + data * 8 + 4 + crc + 1;
  const std::uint32_t tail = 2 + 7 + 3;
  if (m.brs) return {.nominal = head + tail, .data = middle};
  return {.nominal = head + middle + tail};
}

}  // namespace

FrameBits bits_of(const Message& message) {
  if (message.error) return {.nominal = kErrorBits};
  return message.fd ? fd_bits(message) : classic_bits(message);
}

void Summary::add(std::span<const Message> messages) {
  for (const Message& m : messages) {
    if (messages_ == 0) first_ = last_ = previous_ = m.timestamp;
    ++messages_;
    backwards_ += m.timestamp < previous_;
    previous_ = m.timestamp;
    first_ = std::min(first_, m.timestamp);
    last_ = std::max(last_, m.timestamp);
    add(bus_of(m.channel), m);
  }
}

void Summary::add(Bus& bus, const Message& m) {
  add_time(bus, m);
  if (m.error) {
    ++bus.error;
    return;
  }
  ++(m.remote ? bus.remote : m.fd ? bus.fd : bus.data);
  Ids& ids = bus.ids[m.id | (m.extended ? kExtendedIdFlag : 0)];
  if (ids.count++ == 0) {
    ids.first = m.timestamp;
  } else {
    ids.shortest = std::min(ids.shortest, m.timestamp - ids.last);
    ids.longest = std::max(ids.longest, m.timestamp - ids.last);
  }
  ids.last = m.timestamp;
}

void Summary::add_time(Bus& bus, const Message& m) {
  if (bus.frames() == 0) bus.first = bus.last = m.timestamp;
  if (m.timestamp - bus.last > bus.longest_gap) {
    bus.longest_gap = m.timestamp - bus.last;
    bus.gap_at = bus.last;
  }
  bus.first = std::min(bus.first, m.timestamp);
  bus.last = std::max(bus.last, m.timestamp);
  const nanoseconds time = time_of(m);
  bus.busy += time;
  const std::int64_t second = m.timestamp.count() / kSecond;
  if (second != bus.second_) bus.busy_in_second_ = {};
  bus.second_ = second;
  bus.busy_in_second_ += time;
  bus.busiest = std::max(bus.busiest, bus.busy_in_second_);
}

Summary::Bus& Summary::bus_of(Channel channel) {
  std::uint32_t& place = places_[channel];
  if (place == 0) {
    buses_.emplace_back().channel = channel;
    place = static_cast<std::uint32_t>(buses_.size());
  }
  return buses_[place - 1];
}

std::chrono::nanoseconds Summary::time_of(const Message& m) const {
  const FrameBits bits = bits_of(m);
  return nanoseconds(kSecond * bits.nominal / bitrate_ + kSecond * bits.data / data_bitrate_);
}

}  // namespace can
