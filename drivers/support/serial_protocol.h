// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cansuite/bus_state.h"
#include "cansuite/filter.h"
#include "cansuite/message.h"
#include "drivers/support/serial_line.h"

namespace can {

/// What a protocol found in the bytes of a line.
struct Decoded {
  std::vector<Message> messages;     ///< with their times; the bus sets the channel
  std::uint64_t malformed = 0;       ///< packets that were none
  std::uint64_t unsent = 0;          ///< messages that the adapter refused or never confirmed
  std::string reason;                ///< of the last of these
  std::vector<std::string> notices;  ///< for the user
};

/// What an adapter speaks on a serial line. SerialBus calls it, one thread at a time.
class SerialProtocol {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~SerialProtocol() = default;

  /// Makes the adapter ready, on a line just opened, which may be the first or a later one. Throws
  /// Errc::io and Errc::unsupported with a text that names no device.
  virtual void open(SerialLine&, Decoded&) {}

  /// Leaves the adapter closed, in a quarter of a second at most. Throws Errc::io.
  virtual void close(SerialLine&) {}

  /// Reads the packets that stand at the front of `bytes`, which arrived just before `arrival`
  /// (since the epoch). Returns how many bytes are done with: what isn't is the beginning of a
  /// packet.
  virtual std::size_t decode(std::span<const std::uint8_t> bytes, std::chrono::nanoseconds arrival,
                             Decoded& out) = 0;

  /// Null for what can be sent; else why a message, which can stand on a CAN bus, can't: "has no
  /// error frames".
  virtual const char* why_unsendable(const Message& message) const = 0;

  /// True when another message may be written now.
  virtual bool has_room() const { return true; }

  /// Adds the bytes of a message that can be sent. True when that is all there is to sending: no
  /// answer of the adapter is waited for, after which decode() gives the own message where asked.
  virtual bool encode(const Message& message, std::vector<std::uint8_t>& out) = 0;

  /// True when no answer is waited for.
  virtual bool is_settled() const { return true; }

  /// Does what is due, such as asking for the state; returns how long until the next time.
  virtual std::chrono::nanoseconds do_due(std::chrono::nanoseconds now, SerialLine&, Decoded&) {
    static_cast<void>(now);
    return std::chrono::hours(1);
  }

  /// Other filters are wanted. True when the adapter has to be closed and opened for them.
  virtual bool set_filters(std::span<const Filter>) { return false; }

  /// Of the adapter, for the user; may be empty.
  virtual std::string details() const { return {}; }

  virtual BusState state() const { return {}; }
};

/// Bytes that arrived are about to be read: the time.
inline std::chrono::nanoseconds now_since_epoch() {
  return std::chrono::system_clock::now().time_since_epoch();
}

}  // namespace can
