// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/filter.h"
#include "libcan/model/message.h"
#include "libcan/model/message_view.h"
#include "libcan/model/periodic.h"

namespace can {

class PeriodicSender;

/// What a bus has to say of messages that didn't make it, since it was opened.
struct BusCounters {
  std::uint64_t dropped = 0;    ///< received, then lost in the kernel's or the driver's queue
  std::uint64_t malformed = 0;  ///< packets that were no CAN frame, skipped
};

/// An open connection to a CAN bus. Drivers derive from it; everyone else uses the public part.
///
/// One thread may receive while any others send, counters() and drain_notices() are for any thread.
/// Nothing else may be called at the same time. The destructor closes the connection and does not
/// throw.
class Bus {
 public:
  virtual ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// Waits until a message that passes the filters is there, then takes as many as are there and
  /// fit. Returns how many: 0 when `timeout` passed first or a signal came. A timeout of 0 doesn't
  /// wait, nanoseconds::max() waits for ever. Throws Errc::io.
  std::size_t receive(std::span<Message> out, std::chrono::nanoseconds timeout);

  /// As receive() without waiting, by the thread that may call receive(). A bus that holds the
  /// messages in memory shows that memory, of any length; another bus copies into `room`, which
  /// has to have a place for one message. The view is empty where no message is there.
  virtual MessageView receive_view(std::span<Message> room);

  /// Hands the messages over in order; returns when the driver has taken all. Throws Errc::invalid
  /// for a frame that can't stand on this bus, Errc::unsupported for CAN FD on a classic one,
  /// Errc::io. Those before the refused one have been sent.
  void send(std::span<const Message> messages);

  /// As send(), but only what the driver takes without waiting: returns how many, 0 when it takes
  /// none now. Throws for the first message only: Errc::io also when none was taken for a second.
  std::size_t send_now(std::span<const Message> messages);

  /// Sends the message now and again and again, by the kernel's or the device's clock where the
  /// driver can, else from a thread of the bus. The task must not outlive the bus, and its wait()
  /// throws what sending throws. Throws Errc::invalid, Errc::unsupported, Errc::io.
  std::unique_ptr<PeriodicTask> send_periodic(const Message& message, const Cycle& cycle);

  /// Waits until what has been sent is known to have left, where the driver can tell. Throws
  /// Errc::io when it did not.
  virtual void flush() {}

  /// Replaces the filters. What the device can't filter, receive() does.
  void set_filters(Filters filters);

  /// For poll(2): readable when receive() would not wait.
  virtual int descriptor() const = 0;

  /// "socketcan can0", for messages to the user.
  virtual std::string name() const = 0;

  /// Of what was opened, for the user: "239.74.163.2 port 43113, loopback". May be empty.
  virtual std::string details() const { return {}; }

  virtual BusCounters counters() const { return {}; }

  /// What happened to the connection since the last call, for the user: "socketcan can0: link is
  /// down, waiting". Only the latest few are kept.
  std::vector<std::string> drain_notices();

 protected:
  Bus();

  /// As send_now(), of one message at least and one thread at a time. A driver whose device can't
  /// tell whether it is full waits here.
  virtual std::size_t send_some(std::span<const Message> messages) = 0;

  /// Waits until send_some() may take more, no longer than half a second. Several threads may.
  virtual void wait_for_room();

  /// Why a device takes nothing for a second: "takes no more messages".
  virtual std::string_view blocked_reason() const { return "takes no more messages"; }

  /// A running task that the kernel or the device times; null: it can't.
  virtual std::unique_ptr<PeriodicTask> periodic_in_device(const Message&, const Cycle&);

  /// Adds to what drain_notices() returns.
  void add_notice(std::string text);

  /// As receive(), without filters.
  virtual std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) = 0;

  /// True when the device or kernel now applies exactly these.
  virtual bool filter_in_device(std::span<const Filter>) { return false; }

 private:
  Filters filters_;
  bool filter_here_ = false;
  std::mutex sending_;  // of send_some() and the next two
  std::optional<std::chrono::steady_clock::time_point> blocked_since_;
  std::chrono::steady_clock::time_point tried_;  // and the bus was full
  std::mutex noting_;                            // of notices_
  std::vector<std::string> notices_;
  std::unique_ptr<PeriodicSender> periodic_;  // only where it is needed
};

}  // namespace can
