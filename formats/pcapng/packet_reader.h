// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "cansuite/log.h"
#include "formats/pcapng/can_packet.h"
#include "formats/pcapng/fields.h"
#include "formats/pcapng/interface.h"
#include "formats/support/input.h"
#include "formats/support/passed_over.h"

namespace can::pcapng {

constexpr std::size_t kMaxBlock = 1 << 20;  // bytes of a block that is read; a CAN packet takes 140

/// The common part of the readers of pcapng and pcap: a sequence of packets of interfaces.
class PacketReader : public LogReader {
 public:
  explicit PacketReader(std::unique_ptr<Source> source) : bytes_(std::move(source)) {}

  bool at_hand() const final { return bytes_.at_hand(next_size()); }

 protected:
  /// The size of the next block or packet in bytes, as far as it is known.
  virtual std::size_t next_size() const = 0;

  static constexpr std::size_t kUsual = 256;  // bytes; no block with a frame is larger

  /// Calls next(message, filled), which reads a block or packet and returns false at the end.
  template <class Next>
  void read_packets(std::span<Message> out, std::size_t& filled, Next next) {
    while (filled < out.size()) {
      if (filled > 0 && bytes_.size() < kUsual && !at_hand()) return;
      if (!next(out[filled], filled)) return report_passed_over();
      has_frames_ |= filled > 0;
    }
  }

  /// Throws Errc::corrupt with the place. Skips the rest, since no block can be found after the
  /// damage.
  [[noreturn]] void damaged(std::string_view what);

  Fields fields(std::span<const char> bytes) const { return {bytes, swapped_}; }

  /// Decodes a packet of `from` into `out`. False when it is no CAN frame.
  bool decode(std::span<const char> packet, std::uint64_t ticks, const Interface& from,
              Message& out);

  Input bytes_;
  bool swapped_ = false;  // the section or file has the other byte order
  ChannelCache channels_;

 private:
  void pass_over(Packet kind);
  void report_passed_over();
  Channel channel_of(std::uint32_t interface);

  PassedOver foreign_{"packet", "of other links than CAN left out"},
      xl_ = xl_frames(), damaged_{"packet", "without a CAN frame left out"};
  std::uint32_t last_interface_ = 0;
  Channel last_channel_;
  bool has_frames_ = false;
};

/// The readers of pcapng and of pcap. Throw Errc::corrupt.
std::unique_ptr<LogReader> open_blocks(std::unique_ptr<Source> source);
std::unique_ptr<LogReader> open_pcap(std::unique_ptr<Source> source);

}  // namespace can::pcapng
