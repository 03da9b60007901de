// SPDX-License-Identifier: MIT
#include <vector>

#include "formats/pcapng/packet_reader.h"

namespace can::pcapng {
namespace {

/// Reads the blocks of pcapng, which have their length at both ends.
class BlockReader final : public PacketReader {
 public:
  using PacketReader::PacketReader;

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_packets(out, filled, [this](Message& m, std::size_t& n) { return next(m, n); });
  }

 private:
  static constexpr std::size_t kHead = 12;

  std::size_t next_size() const override {
    if (bytes_.size() < kHead) return kHead;
    return std::min<std::size_t>(fields({bytes_.at(), kHead}).get<std::uint32_t>(4), kMaxBlock);
  }

  bool next(Message& out, std::size_t& filled) {
    const auto head = bytes_.peek(kHead);
    if (head.empty()) return false;
    if (head.size() < kHead) damaged("the log ends within a block");
    const std::uint32_t type = Fields(head, swapped_).get<std::uint32_t>(0);
    if (type == kSectionHeader) start_section(head);
    const std::uint32_t size = Fields(head, swapped_).get<std::uint32_t>(4);
    if (size < 12 || size % 4 != 0) damaged("a block of impossible length");
    if (type != kSectionHeader && type != kInterface && type != kEnhancedPacket &&
        type != kSimplePacket && type != kObsoletePacket) {
      bytes_.skip(size);
      return true;
    }
    if (size > kMaxBlock) damaged("a block larger than 1 MiB");
    const auto block = bytes_.peek(size);
    if (block.size() < size) damaged("the log ends within a block");
    use(type, Fields(block.subspan(8, size - 12), swapped_), out, filled);
    bytes_.skip(size);
    return true;
  }

  void start_section(std::span<const char> head) {
    swapped_ = false;
    if (Fields(head, false).get<std::uint32_t>(8) != kByteOrder) swapped_ = true;
    if (Fields(head, swapped_).get<std::uint32_t>(8) != kByteOrder)
      damaged("a section header without its magic number");
    interfaces_.clear();
  }

  void use(std::uint32_t type, const Fields& block, Message& out, std::size_t& filled) {
    if (type == kInterface)
      add_interface(block);
    else if (type == kEnhancedPacket)
      filled += packet(block, block.get<std::uint32_t>(0), out);
    else if (type == kObsoletePacket)
      filled += packet(block, block.get<std::uint16_t>(0), out);
    else if (type == kSimplePacket && !interfaces_.empty())
      filled += decode(block.bytes(4, block.get<std::uint32_t>(0)), 0, interfaces_[0], out);
  }

  void add_interface(const Fields& block) {
    Interface& added = interfaces_.emplace_back();
    added.link = link_of(block.get<std::uint16_t>(0));
    each_option(block, 8, [&](std::uint16_t code, std::span<const char> value) {
      if (code == kInterfaceName && !value.empty())
        added.channel = channels_.find({value.data(), value.size()});
      if (code == kTimeResolution && value.size() == 1)
        added.ticks_per_second = ticks_per_second(static_cast<std::uint8_t>(value[0]));
      if (code == kTimeOffset && value.size() == 8)
        added.offset_seconds = Fields(value, swapped_).get<std::int64_t>(0);
    });
    if (added.ticks_per_second == 0) damaged("an interface with an impossible time resolution");
  }

  /// Reads an enhanced packet block or the obsolete kind, whose fields have the same offsets but
  /// for the number of the interface.
  std::size_t packet(const Fields& block, std::uint32_t interface, Message& out) {
    const auto size = block.get<std::uint32_t>(12);
    if (interface >= interfaces_.size()) damaged("a packet of an interface not described");
    if (block.size() < 20 || size > block.size() - 20) damaged("a packet longer than its block");
    const std::uint64_t ticks =
        std::uint64_t{block.get<std::uint32_t>(4)} << 32 | block.get<std::uint32_t>(8);
    if (!decode(block.bytes(20, size), ticks, interfaces_[interface], out)) return 0;
    each_option(block, 20 + (size + 3u) / 4 * 4,
                [&](std::uint16_t code, std::span<const char> value) {
                  if (code == kPacketFlags && value.size() == 4)
                    out.transmitted =
                        (Fields(value, swapped_).get<std::uint32_t>(0) & kDirection) == kOutbound;
                });
    return 1;
  }

  std::vector<Interface> interfaces_;
};

}  // namespace

std::unique_ptr<LogReader> open_blocks(std::unique_ptr<Source> source) {
  return std::make_unique<BlockReader>(std::move(source));
}

}  // namespace can::pcapng
