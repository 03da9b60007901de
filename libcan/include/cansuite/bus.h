// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/bus_state.h"
#include "cansuite/config.h"
#include "cansuite/filter.h"
#include "cansuite/message.h"
#include "cansuite/message_range.h"
#include "cansuite/message_view.h"
#include "cansuite/periodic.h"

namespace can {

class PeriodicSender;

/// Messages that a bus lost since it was opened.
struct BusCounters {
  std::uint64_t dropped = 0;    ///< received, then lost in a full queue of the kernel or driver
  std::uint64_t malformed = 0;  ///< packets that hold no CAN frame
};

/// An open connection to a CAN bus. Drivers derive from it; everyone else uses the public part.
///
/// One thread may receive while any number of others send. set_filters(), discard_unsent(),
/// state(), counters(), filtered() and drain_notices() are for any thread. Nothing else may be
/// called at the same time. The destructor closes the connection and does not throw.
class Bus {
 public:
  virtual ~Bus();
  /// Ends periodic sending before the driver's destructor begins: the thread of the bus would call
  /// into a half-destroyed driver. For a bus made by new, as open_bus() makes it.
  static void operator delete(Bus* bus, std::destroying_delete_t);
  static void operator delete(void* memory) { ::operator delete(memory); }  ///< constructor threw
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// Waits for a message that passes the filters, then fills `out` from the front with all that are
  /// there. Returns their number: 0 after `timeout`, or when a signal interrupts the wait. A
  /// timeout of 0 does not wait, nanoseconds::max() waits without limit. Throws Errc::io.
  std::size_t receive(std::span<Message> out, std::chrono::nanoseconds timeout);

  /// Receives one message; empty when `timeout` passed first or a signal came.
  std::optional<Message> receive(
      std::chrono::nanoseconds timeout = std::chrono::nanoseconds::max());

  /// The received messages as a range: for (const Message& m : bus.messages(1s)). The range ends
  /// when no message came for `idle` or a signal came. The bus must outlive the range.
  auto messages(std::chrono::nanoseconds idle = std::chrono::nanoseconds::max()) {
    return MessageRange([this, idle](Message& out) { return receive({&out, 1}, idle) == 1; });
  }

  /// As receive() without waiting, on the same thread. A bus that holds its messages in memory
  /// returns a view of that memory, of any length. Any other bus copies into `room`, which has
  /// space for at least one message. The view is empty when no message is there.
  virtual MessageView receive_view(std::span<Message> room);

  /// Sends the messages in order; returns when the driver has taken all. Throws Errc::invalid for a
  /// frame that can't be on this bus, Errc::unsupported for CAN FD on a classic bus, Errc::io, and
  /// Errc::full when the device takes no message for `timeout`: 0 or less doesn't wait,
  /// nanoseconds::max() waits without limit. The messages before the refused one have been sent.
  void send(std::span<const Message> messages,
            std::chrono::nanoseconds timeout = std::chrono::seconds(1));
  /// Sends one message, as above.
  void send(const Message& message, std::chrono::nanoseconds timeout = std::chrono::seconds(1)) {
    send(std::span(&message, 1), timeout);
  }

  /// Sends what the driver takes without waiting. Returns the number of messages, 0 when the device
  /// is full. Throws as send(), for the first message only, and Errc::full when the device has been
  /// full for a second.
  std::size_t send_now(std::span<const Message> messages);

  /// Waits until send_now() may take more, at most `limit`. For any thread.
  void await_room(std::chrono::nanoseconds limit) { wait_for_room(limit); }

  /// Starts to send the message periodically: by the clock of the kernel or device where the driver
  /// can, else from a thread of the bus. The task ends with the bus; its wait() throws the
  /// errors of sending. Throws Errc::invalid, Errc::unsupported, Errc::io.
  std::unique_ptr<PeriodicTask> send_periodic(const Message& message, const Cycle& cycle);

  /// Waits until the messages sent so far have left, where the driver knows. Throws Errc::io when
  /// one did not leave.
  virtual void flush() {}

  /// Discards the messages that send() took and that have not left, where the driver can. Returns
  /// their number. Source: python-can's manual, flush_tx_buffer().
  virtual std::size_t discard_unsent() { return 0; }

  /// Replaces the filters. receive() applies those that the device can't. Messages that receive()
  /// returns afterwards pass the new filters.
  void set_filters(Filters filters);

  /// A descriptor for poll(2), readable when receive() would not wait.
  virtual int descriptor() const = 0;

  /// The bus in texts for the user: "socketcan can0".
  virtual std::string name() const = 0;

  /// Details of the connection for the user: "239.74.163.2 port 43113, loopback". May be empty.
  virtual std::string details() const { return {}; }

  /// The messages lost so far.
  virtual BusCounters counters() const { return {}; }

  /// Messages that receive() refused by the filters so far. Those that the device or the kernel
  /// refuses never arrive here.
  virtual std::uint64_t filtered() const { return filtered_; }

  /// The state of the controller, as far as the driver knows it. Throws Errc::io.
  virtual BusState state() const { return {}; }

  /// The functions that only this kind of device has, such as kvaser::Device; null: the bus is of
  /// another kind. They live as long as the bus.
  template <class T>
  T* device() {
    return dynamic_cast<T*>(this);
  }

  /// Events of the connection since the last call, for the user: "socketcan can0: link is down,
  /// waiting". The bus keeps the latest 64.
  std::vector<std::string> drain_notices();

 protected:
  Bus();

  /// As send_now(), for at least one message, on one thread at a time. A driver that can't tell
  /// whether its device is full waits here.
  virtual std::size_t send_some(std::span<const Message> messages) = 0;

  /// Waits until send_some() may take more, at most `limit`. Called by several threads.
  virtual void wait_for_room(std::chrono::nanoseconds limit);

  /// How long send() and send_now() wait at least for a full device. Called with send_some().
  virtual std::chrono::nanoseconds patience() const { return std::chrono::nanoseconds{0}; }

  /// The error text for a device that stays full: "takes no more messages".
  virtual std::string_view blocked_reason() const { return "takes no more messages"; }

  /// A running task that the kernel or device times; null when it can't.
  virtual std::unique_ptr<PeriodicTask> periodic_in_device(const Message&, const Cycle&);

  /// Adds an event for drain_notices().
  void add_notice(std::string text);

  /// As receive(), without filters.
  virtual std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) = 0;

  /// Whether the device or kernel now applies exactly these filters.
  virtual bool filter_in_device(std::span<const Filter>) { return false; }

 private:
  std::size_t take(std::span<const Message> messages, std::chrono::nanoseconds longest_block);
  std::size_t keep_matching(std::span<Message> messages);
  void start_periodic_sender();

  mutable std::mutex filters_mutex_;  // guards filters_; one set_filters() at a time
  Filters filters_;
  std::atomic<bool> filter_here_ = false;
  std::atomic<std::uint64_t> filtered_ = 0;
  std::mutex send_mutex_;  // guards send_some() and the next two
  std::optional<std::chrono::steady_clock::time_point> blocked_since_;
  std::chrono::steady_clock::time_point last_blocked_;  // the latest attempt that found it full
  std::mutex notices_mutex_;                            // guards notices_
  std::vector<std::string> notices_;
  std::unique_ptr<PeriodicSender> periodic_;  // null until a task needs it
};

/// Opens a bus; without a configuration that of the files and the environment. Throws Errc::invalid
/// for an unknown interface (with the most similar name) or option; otherwise as Driver::open().
std::unique_ptr<Bus> open_bus(const BusConfig& config = load_config());

/// Opens one bus, or several as one (BusGroup). Throws as open_bus().
std::unique_ptr<Bus> open_buses(std::span<const BusConfig> configs);

}  // namespace can
