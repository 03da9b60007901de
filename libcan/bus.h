// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "libcan/filter.h"
#include "libcan/message.h"

namespace can {

/// What a bus has to say of messages that didn't make it, since it was opened.
struct BusCounters {
  std::uint64_t dropped = 0;    ///< received, then lost in the kernel's or the driver's queue
  std::uint64_t malformed = 0;  ///< packets that were no CAN frame, skipped
};

/// An open connection to a CAN bus. Drivers derive from it; everyone else uses the public part.
///
/// One thread may receive while another sends. Nothing else may be called at the same time, but
/// counters(), which any thread may. The destructor closes the connection and does not throw.
class Bus {
 public:
  virtual ~Bus() = default;
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// Waits until a message that passes the filters is there, then takes as many as are there and
  /// fit. Returns how many: 0 when `timeout` passed first or a signal came. A timeout of 0 doesn't
  /// wait, nanoseconds::max() waits for ever. Throws Errc::io.
  std::size_t receive(std::span<Message> out, std::chrono::nanoseconds timeout);

  /// Hands the messages over in order; returns when the driver has taken all. Throws Errc::invalid
  /// for a frame that can't stand on this bus, Errc::unsupported for CAN FD on a classic one,
  /// Errc::io. Those before the refused one have been sent.
  virtual void send(std::span<const Message> messages) = 0;

  /// Replaces the filters. What the device can't filter, receive() does.
  void set_filters(Filters filters);

  /// For poll(2): readable when receive() would not wait.
  virtual int descriptor() const = 0;

  /// "socketcan can0", for messages to the user.
  virtual std::string name() const = 0;

  /// Of what was opened, for the user: "239.74.163.2 port 43113, loopback". May be empty.
  virtual std::string details() const { return {}; }

  virtual BusCounters counters() const { return {}; }

 protected:
  Bus() = default;

  /// As receive(), without filters.
  virtual std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) = 0;

  /// True when the device or kernel now applies exactly these.
  virtual bool filter_in_device(std::span<const Filter>) { return false; }

 private:
  Filters filters_;
  bool filter_here_ = false;
};

}  // namespace can
