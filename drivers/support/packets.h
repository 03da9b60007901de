// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/serial_protocol.h"

namespace can {

/// What stands at the front of some bytes.
struct Packet {
  enum class State {
    incomplete,  ///< the beginning of a packet, as far as it goes
    wrong,       ///< no packet
    complete,
  };
  State state = State::incomplete;
  std::size_t size = 0;  ///< bytes, of a complete one
};

/// A binary protocol whose packets all begin with the same byte. Bytes that belong to no packet are
/// passed over one by one, and each run of them counts as one malformed packet. A packet of which
/// no more bytes come is none.
class PacketProtocol : public SerialProtocol {
 public:
  explicit PacketProtocol(std::uint8_t start) : start_(start) {}

  std::size_t decode(std::span<const std::uint8_t> bytes, std::chrono::nanoseconds arrival,
                     Decoded& out) final;
  std::chrono::nanoseconds do_due(std::chrono::nanoseconds now, SerialLine& line,
                                  Decoded& out) override;

 protected:
  /// To be called on a new line, where the beginning of the first packet may be missing.
  void start_anew();

  /// Reads and uses the packet at the front of `bytes`, which begin with the start byte.
  virtual Packet read(std::span<const std::uint8_t> bytes, std::chrono::nanoseconds arrival,
                      Decoded& out) = 0;

 private:
  const std::uint8_t start_;
  bool in_garbage_ = true;
  std::size_t incomplete_ = 0;  // bytes that wait for more
  Clock::time_point since_{};
};

}  // namespace can
