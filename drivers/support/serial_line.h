// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "cansuite/wait.h"
#include "drivers/support/serial_address.h"
#include "libcan/net/transport.h"
#include "libcan/platform/wake_up.h"

namespace can {

/// The bytes of a serial line, both ways, with a buffer for each. Used by one thread at a time, but
/// for wait(), which one more thread may call.
class SerialLine {
 public:
  enum class Event { ready, timeout, woken };

  /// Opens the device, or connects within `limit`. `wake` ends every wait() and must outlive the
  /// line. Throws Errc::not_found, Errc::io, Errc::unsupported with a text that names no device.
  SerialLine(const SerialAddress& address, const WakeUp& wake, std::chrono::nanoseconds limit);
  /// Waits a moment for what was written to leave, then closes.
  ~SerialLine();
  SerialLine(const SerialLine&) = delete;
  SerialLine& operator=(const SerialLine&) = delete;

  /// What has been read and not yet consumed. Valid until the next read().
  std::span<const std::uint8_t> unread() const {
    return std::span(in_).subspan(first_, end_ - first_);
  }
  void consume(std::size_t count) { first_ += count; }

  /// Reads what has arrived, without waiting; returns how many bytes. Bytes that are never consumed
  /// make no room: where the buffer is full the older half of them is dropped. Throws Errc::io
  /// when the device has gone or the peer has closed.
  std::size_t read();

  /// Queues the bytes and sends what the line takes now. Throws as read().
  void write(std::span<const std::uint8_t> bytes);
  void write(std::string_view text);

  /// Sends more of what is queued; true when nothing is left. Throws as read().
  bool flush();
  std::size_t unsent() const { return out_.size() - sent_; }  ///< bytes that are queued
  bool has_unsent() const { return unsent() > 0; }
  void finish_writing(std::chrono::nanoseconds limit);  ///< waits; throws as read()

  /// Waits until there is something to read or, with `to_write`, the line takes more.
  Event wait(std::chrono::nanoseconds timeout, bool to_write) const;

 private:
  void make_room();

  std::unique_ptr<remote::Transport> transport_;
  const WakeUp& wake_;
  const bool is_connection_;
  std::vector<std::uint8_t> in_, out_;
  std::size_t first_ = 0, end_ = 0;  // of in_: what is unread
  std::size_t sent_ = 0;             // of out_
};

}  // namespace can
