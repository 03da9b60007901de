// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "formats/pcapng/can_packet.h"
#include "formats/pcapng/pcapng.h"
#include "formats/support/input.h"
#include "formats/support/passed_over.h"
#include "libcan/model/channel.h"
#include "libcan/model/error.h"

namespace can::pcapng {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMaxBlock = 1 << 20;  // of those that are looked at; a CAN packet takes 140
constexpr std::size_t kUsual = 256;         // no block with a frame is larger
constexpr std::uint64_t kNanos = 1'000'000'000;

/// Numbers in the byte order of a section or file.
class Fields {
 public:
  Fields(std::span<const char> bytes, bool swapped) : bytes_(bytes), swapped_(swapped) {}

  std::size_t size() const { return bytes_.size(); }
  std::span<const char> bytes(std::size_t at, std::size_t size) const {
    return bytes_.subspan(std::min(at, bytes_.size()),
                          std::min(size, bytes_.size() - std::min(at, bytes_.size())));
  }
  /// 0 for what lies outside.
  template <class T>
  T get(std::size_t at) const {
    T value{};
    if (at > bytes_.size() || bytes_.size() - at < sizeof value) return 0;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    if (!swapped_) return value;
    if constexpr (sizeof value == 2) return __builtin_bswap16(value);
    if constexpr (sizeof value == 4) return __builtin_bswap32(value);
    return static_cast<T>(__builtin_bswap64(value));
  }

 private:
  std::span<const char> bytes_;
  bool swapped_;
};

/// Calls use(code, value) for each option from `at` on.
template <class Use>
void each_option(const Fields& block, std::size_t at, Use use) {
  while (at + 4 <= block.size()) {
    const auto code = block.get<std::uint16_t>(at), size = block.get<std::uint16_t>(at + 2);
    if (code == kEndOfOptions || block.size() - at - 4 < size) return;
    use(code, block.bytes(at + 4, size));
    at += 4 + (size + 3u) / 4 * 4;
  }
}

struct Interface {
  Link link = Link::other;
  Channel channel;
  std::uint64_t ticks_per_second = 1'000'000;
  std::int64_t offset_seconds = 0;
};

/// What the option if_tsresol says: a power of ten, or with the high bit of two.
std::uint64_t ticks_per_second(std::uint8_t resolution) {
  const unsigned power = resolution & 0x7F;
  if (resolution & 0x80) return power < 60 ? std::uint64_t{1} << power : 0;
  std::uint64_t ticks = 1;
  for (unsigned i = 0; i < power; ++i) ticks = ticks > UINT64_MAX / 10 ? 0 : ticks * 10;
  return ticks;
}

/// False for a time outside 1678 to 2261.
bool to_time(std::uint64_t ticks, const Interface& interface, nanoseconds& out) {
  const std::uint64_t per_second = interface.ticks_per_second;
  __extension__ using Wide = unsigned __int128;
  const auto seconds = static_cast<std::int64_t>(ticks / per_second);
  const auto rest = static_cast<std::int64_t>(Wide{ticks % per_second} * kNanos / per_second);
  std::int64_t time;
  if (per_second == kNanos && interface.offset_seconds == 0) {  // also before 1970, as we write it
    out = nanoseconds(static_cast<std::int64_t>(ticks));
    return true;
  }
  if (__builtin_add_overflow(seconds, interface.offset_seconds, &time) ||
      __builtin_mul_overflow(time, std::int64_t{kNanos}, &time) ||
      __builtin_add_overflow(time, rest, &time))
    return false;
  out = nanoseconds(time);
  return true;
}

class Reader : public LogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : bytes_(std::move(source)) {}

  bool at_hand() const final { return bytes_.at_hand(next_size()); }

 protected:
  /// Bytes of the next one, as far as they are known.
  virtual std::size_t next_size() const = 0;

  /// Calls next(message, filled), which takes a block or packet and returns false at the end.
  template <class Next>
  void read_packets(std::span<Message> out, std::size_t& filled, Next next) {
    while (filled < out.size()) {
      if (filled > 0 && bytes_.size() < kUsual && !at_hand()) return;
      if (!next(out[filled], filled)) return report_passed_over();
      has_frames_ |= filled > 0;
    }
  }

  /// Nothing behind a damaged place can be found again: takes the rest, and throws.
  [[noreturn]] void damaged(std::string_view what) {
    const std::uint64_t offset = bytes_.offset();
    bytes_.skip(UINT64_MAX);
    has_frames_ = true;  // perhaps
    fail(Errc::corrupt, "{}: offset {:#x}: {}", bytes_.name(), offset, what);
  }

  Fields fields(std::span<const char> bytes) const { return {bytes, swapped_}; }

  /// True when `packet` is a frame, now in `out`.
  bool decode(std::span<const char> packet, std::uint64_t ticks, const Interface& from,
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

  Input bytes_;
  bool swapped_ = false;  // the section or file has the other byte order
  ChannelCache channels_;

 private:
  void pass_over(Packet kind) {
    PassedOver& passed = kind == Packet::foreign ? foreign_ : kind == Packet::xl ? xl_ : damaged_;
    passed.add([this] { return fmt::format("offset {:#x}", bytes_.offset()); });
  }

  /// At the end. A capture of nothing but other packets is no log.
  void report_passed_over() {
    std::string all;
    for (PassedOver* passed : {&foreign_, &xl_, &damaged_})
      if (passed->count() > 0) all += (all.empty() ? "" : "; ") + passed->drain_report();
    if (all.empty()) return;
    if (!std::exchange(has_frames_, true))
      fail(Errc::corrupt, "{}: no frame found; {}", bytes_.name(), all);
    warn(fmt::format("{}: {}", bytes_.name(), all));
  }

  /// Of the interface that the kernel numbers so: its name isn't told.
  Channel channel_of(std::uint32_t interface) {
    if (interface != last_interface_) {
      last_interface_ = interface;
      last_channel_ = Channel(fmt::format("if{}", interface));
    }
    return last_channel_;
  }

  PassedOver foreign_{"packet", "of other links than CAN left out"},
      xl_ = xl_frames(), damaged_{"packet", "without a CAN frame left out"};
  std::uint32_t last_interface_ = 0;
  Channel last_channel_;
  bool has_frames_ = false;
};

/// Blocks, each with its length in front and behind.
class BlockReader final : public Reader {
 public:
  using Reader::Reader;

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

  /// Of an enhanced block or the older kind, whose fields stand at the same places but for the
  /// interface's number.
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

/// The older format: one header, then packets of one link.
class PcapReader final : public Reader {
 public:
  explicit PcapReader(std::unique_ptr<Source> source) : Reader(std::move(source)) {
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

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  const std::string_view head =
      source->peek(4, [](std::string_view magic) { return magic.size() == 4; });
  const auto number = Fields({head.data(), head.size()}, false).get<std::uint32_t>(0);
  const auto is_pcap = [](std::uint32_t magic) {
    return magic == kPcapMicros || magic == kPcapNanos;
  };
  if (is_pcap(number) || is_pcap(__builtin_bswap32(number)))
    return std::make_unique<PcapReader>(std::move(source));
  if (!head.empty() && number != kSectionHeader)
    fail(Errc::corrupt, "{}: offset 0x0: neither pcapng nor pcap", source->name());
  return std::make_unique<BlockReader>(std::move(source));
}

}  // namespace can::pcapng
