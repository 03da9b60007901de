// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "libcan/platform/descriptor.h"

namespace can::remote {

/// A connection that carries bytes, plain or encrypted. No call waits. One thread may read while
/// another writes. The destructor closes the socket.
class Transport {
 public:
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  enum class State : std::uint8_t { open, ended };
  struct Result {
    std::size_t bytes = 0;  ///< read; 0: none are available now
    State state = State::open;
  };

  /// Reads available bytes. The state is `ended` after the peer's last byte. Throws Errc::io with
  /// a text that names no peer.
  virtual Result read(std::span<std::uint8_t> out) = 0;
  /// Returns the number of bytes sent, from the first on; 0: the socket is full. Throws Errc::io.
  virtual std::size_t write(std::span<const std::uint8_t> bytes) = 0;

  /// Ends the sending direction. Reading continues.
  virtual void end_writing() = 0;

  /// True when read() has bytes although poll(2) doesn't report the descriptor readable.
  virtual bool has_read_ahead() const { return false; }
  /// True when read() needs the socket to be writable (TLS).
  virtual bool waits_to_write() const { return false; }
  /// True when write() needs the socket to be readable (TLS).
  virtual bool waits_to_read() const { return false; }

  /// True while a failed connection still sends the peer the reason (a TLS alert). Closing the
  /// socket at once would lose the alert: call read() up to the end of input first, which then
  /// discards the peer's bytes.
  virtual bool has_last_words() const { return false; }

  int descriptor() const { return socket_.get(); }

 protected:
  explicit Transport(Descriptor socket) : socket_(std::move(socket)) {}

 private:
  Descriptor socket_;
};

/// Plain TCP over a connected, non-blocking socket.
std::unique_ptr<Transport> plain_transport(Descriptor socket);

}  // namespace can::remote
