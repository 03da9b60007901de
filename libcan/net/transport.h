// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "libcan/platform/descriptor.h"

namespace can::remote {

/// A connection that carries bytes, plain or encrypted; it never waits. One thread may read while
/// another writes.
class Transport {
 public:
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  enum class State : std::uint8_t { open, ended };
  struct Result {
    std::size_t bytes = 0;  ///< 0: nothing can be moved now
    State state = State::open;
  };

  /// `ended` when the peer sends no more. Throws Errc::io, with no place in front.
  virtual Result read(std::span<std::uint8_t> out) = 0;
  /// Returns how many bytes have been taken. Throws Errc::io.
  virtual std::size_t write(std::span<const std::uint8_t> bytes) = 0;

  /// Tells the peer that no more bytes come.
  virtual void end_writing() = 0;

  /// True when bytes are there that poll(2) on the descriptor doesn't tell of.
  virtual bool has_read_ahead() const { return false; }
  /// True when reading goes on only once the socket can be written.
  virtual bool waits_to_write() const { return false; }
  /// True when writing goes on only once the socket can be read.
  virtual bool waits_to_read() const { return false; }

  /// True when it failed with a reason that is on its way to the peer: closing at once would make
  /// the system forget it. read() then passes over what comes, up to the end.
  virtual bool has_last_words() const { return false; }

  int descriptor() const { return socket_.get(); }

 protected:
  explicit Transport(Descriptor socket) : socket_(std::move(socket)) {}

 private:
  Descriptor socket_;
};

/// Plain TCP over a connected socket that doesn't block.
std::unique_ptr<Transport> plain_transport(Descriptor socket);

}  // namespace can::remote
