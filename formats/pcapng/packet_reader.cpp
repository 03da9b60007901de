// SPDX-License-Identifier: MIT
#include "formats/pcapng/packet_reader.h"

#include <bit>
#include <string>
#include <utility>

#include "libcan/model/fail.h"

namespace can::pcapng {

void PacketReader::damaged(std::string_view what) {
  const std::uint64_t offset = bytes_.offset();
  bytes_.skip(UINT64_MAX);
  has_frames_ = true;  // the damaged packet may be one
  fail(Errc::corrupt, "{}: offset {:#x}: {}", bytes_.name(), offset, what);
}

bool PacketReader::decode(std::span<const char> packet, std::uint64_t ticks, const Interface& from,
                          Message& out) {
  out.reset();
  Seen seen{.little_endian = swapped_ == (std::endian::native == std::endian::big)};
  const Packet kind = read_packet(from.link, packet, seen, out);
  if (kind != Packet::frame) {
    pass_over(kind);
    return false;
  }
  if (!to_time(ticks, from, out.timestamp)) damaged("a time outside 1678 to 2261");
  out.channel = seen.interface == 0 ? from.channel : channel_of(seen.interface);
  out.transmitted = seen.transmitted;
  return true;
}

void PacketReader::pass_over(Packet kind) {
  PassedOver& passed = kind == Packet::foreign ? foreign_ : kind == Packet::xl ? xl_ : damaged_;
  passed.add([this] { return fmt::format("offset {:#x}", bytes_.offset()); });
}

/// Reports the skipped packets at the end. Throws for a capture without any CAN frame.
void PacketReader::report_passed_over() {
  std::string all;
  for (PassedOver* passed : {&foreign_, &xl_, &damaged_})
    if (passed->count() > 0) all += (all.empty() ? "" : "; ") + passed->drain_report();
  if (all.empty()) return;
  if (!std::exchange(has_frames_, true))
    fail(Errc::corrupt, "{}: no frame found; {}", bytes_.name(), all);
  warn(fmt::format("{}: {}", bytes_.name(), all));
}

/// The channel of an interface that is known by its number only.
Channel PacketReader::channel_of(std::uint32_t interface) {
  if (interface != last_interface_) {
    last_interface_ = interface;
    last_channel_ = Channel(fmt::format("if{}", interface));
  }
  return last_channel_;
}

}  // namespace can::pcapng
