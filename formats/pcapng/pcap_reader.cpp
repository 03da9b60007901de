// SPDX-License-Identifier: MIT
#include <algorithm>

#include "formats/pcapng/packet_reader.h"

namespace can::pcapng {
namespace {

/// Reads pcap: one header, then packets of one link.
class PcapReader final : public PacketReader {
 public:
  explicit PcapReader(std::unique_ptr<Source> source) : PacketReader(std::move(source)) {
    const auto head = bytes_.peek(kFileHeader);
    if (head.size() < kFileHeader) damaged("the log ends within its header");
    auto magic = Fields(head, false).get<std::uint32_t>(0);
    swapped_ = magic != kPcapMicros && magic != kPcapNanos;
    const Fields fields(head, swapped_);
    magic = fields.get<std::uint32_t>(0);
    if (magic == kPcapNanos) link_.ticks_per_second = kNanos;
    link_.link = link_of(fields.get<std::uint32_t>(20) & 0xFFFF);
    bytes_.skip(kFileHeader);
  }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_packets(out, filled, [this](Message& m, std::size_t& n) { return next(m, n); });
  }

 private:
  std::size_t next_size() const override {
    if (bytes_.size() < kPacketHeader) return kPacketHeader;
    const std::size_t size = fields({bytes_.at(), kPacketHeader}).get<std::uint32_t>(8);
    return kPacketHeader + std::min(size, kMaxBlock);
  }

  bool next(Message& out, std::size_t& filled) {
    const auto head = bytes_.peek(kPacketHeader);
    if (head.empty()) return false;
    if (head.size() < kPacketHeader) damaged("the log ends within a packet");
    const Fields numbers = fields(head);
    const std::uint64_t ticks =
        numbers.get<std::uint32_t>(0) * link_.ticks_per_second + numbers.get<std::uint32_t>(4);
    const std::size_t size = numbers.get<std::uint32_t>(8);
    if (size > kMaxBlock) damaged("a packet larger than 1 MiB");
    const auto packet = bytes_.peek(kPacketHeader + size);
    if (packet.size() < kPacketHeader + size) damaged("the log ends within a packet");
    filled += decode(packet.subspan(kPacketHeader), ticks, link_, out);
    bytes_.skip(kPacketHeader + size);
    return true;
  }

  static constexpr std::size_t kFileHeader = 24, kPacketHeader = 16;

  Interface link_;
};

}  // namespace

std::unique_ptr<LogReader> open_pcap(std::unique_ptr<Source> source) {
  return std::make_unique<PcapReader>(std::move(source));
}

}  // namespace can::pcapng
