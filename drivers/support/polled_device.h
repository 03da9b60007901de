// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "cansuite/bus_state.h"
#include "cansuite/filter.h"
#include "cansuite/message.h"

namespace can {

/// What a device gave.
struct Received {
  std::vector<Message> messages;     ///< with their times; the bus sets the channel
  std::uint64_t dropped = 0;         ///< messages that the device or its library lost
  bool state_changed = false;        ///< the state of the controller is worth a look
  std::vector<std::string> notices;  ///< for the user
};

/// A device as a vendor's library shows it: without a descriptor, or with one that only tells when
/// to read. PolledBus calls it, one thread at a time but for wait(). All functions but the
/// destructor throw Errc::io where the device is gone, with a text that names no device. The
/// constructor of a device opens it, the destructor closes it.
class PolledDevice {
 public:
  virtual ~PolledDevice() = default;

  /// Readable when read() may find something; -1: there is none.
  virtual int descriptor() const { return -1; }

  /// Waits until read() may find something, at most `limit`; beside the other functions, on the
  /// thread that reads. Not called where there is a descriptor.
  virtual void wait(std::chrono::nanoseconds limit) { std::this_thread::sleep_for(limit); }

  /// How long wait() may take: the closing of the bus waits for it.
  virtual std::chrono::nanoseconds longest_wait() const { return std::chrono::milliseconds(1); }

  /// Takes what is there, without waiting, some hundred messages at most.
  virtual void read(Received& out) = 0;

  /// Sends the first of the messages; returns how many. 0: the device is full.
  virtual std::size_t send(std::span<const Message> messages) = 0;

  /// Null for what can be sent; else why a message, which can stand on a CAN bus, can't: "the
  /// channel is listen-only".
  virtual const char* why_unsendable(const Message&) const { return nullptr; }

  /// True when read() gives the messages that were sent, where that was asked for.
  virtual bool echoes() const { return false; }

  /// True when all messages have left, as far as the library tells. Waits 10 ms at most.
  virtual bool all_sent() { return true; }

  /// As Bus::discard_unsent().
  virtual std::size_t discard_unsent() { return 0; }

  /// Lets the device leave out messages that no filter lets pass. It may leave in others.
  virtual void set_filters(std::span<const Filter>) {}

  virtual BusState state() { return {}; }

  /// True when read() gives an error frame for each change of the controller's state.
  virtual bool logs_state() const { return false; }

  /// Of the device and its library, for the user; may be empty.
  virtual std::string details() const { return {}; }
};

/// The time, of a message that arrived just now.
inline std::chrono::nanoseconds host_time() {
  return std::chrono::system_clock::now().time_since_epoch();
}

}  // namespace can
