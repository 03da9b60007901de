// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "cansuite/interfaces.h"
#include "drivers/support/fair_mutex.h"
#include "drivers/support/message_queue.h"
#include "drivers/support/polled_device.h"
#include "libcan/model/fail.h"
#include "libcan/platform/any_readable.h"
#include "libcan/platform/wake_up.h"

namespace can {

/// How a bus of a vendor's library is opened.
struct PolledBusOptions {
  std::string name{};        ///< "kvaser 0"
  std::string channel{};     ///< of the messages
  bool fd = false;           ///< CAN FD is on
  bool receive_own = false;  ///< receive() returns the messages sent, too
  bool reconnect = false;    ///< survive the loss of the device
  bool wait = false;         ///< even one that isn't there at first
};

/// The options for an interface that has the options of drivers/support/vendor_options.h. The
/// channel of messages from channel 0 is "kvaser0": a mere number would be that of a log, counted
/// from 1.
PolledBusOptions polled_bus_options(const BusConfig& config);

/// A bus of a vendor's library, whatever the library is. A thread of its own reads the device,
/// watches the state of the controller, and opens the device again after it was lost; senders send
/// themselves. A class that derives from it adds the functions of one vendor's devices, by
/// use_device().
class PolledBus : public Bus {
 public:
  /// Opens the device. Throws Errc::not_found, Errc::invalid, Errc::unsupported, Errc::io, without
  /// a name in front.
  using Open = std::function<std::unique_ptr<PolledDevice>()>;
  PolledBus(PolledBusOptions options, Open open);
  ~PolledBus() override;

  int descriptor() const override { return queue_.descriptor(); }
  std::string name() const override { return options_.name; }
  std::string details() const override;
  BusCounters counters() const override;
  BusState state() const override;
  void flush() override;
  std::size_t discard_unsent() override;

 protected:
  /// Calls use(device) while no other thread uses the device. Throws what it throws, behind the
  /// name of the bus, and Errc::io while the device isn't there.
  template <class Device, class Use>
  auto use_device(Use use) const {
    std::lock_guard lock(mutex_);
    try {
      return use(static_cast<Device&>(present()));
    } catch (const Error& error) {
      fail_at(name(), error);
    }
  }

  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override;
  std::size_t send_some(std::span<const Message> messages) override;
  std::string_view blocked_reason() const override;
  bool filter_in_device(std::span<const Filter> filters) override;

 private:
  using Clock = std::chrono::steady_clock;

  PolledDevice& present() const;
  std::size_t send_sendable(std::span<const Message> messages);
  void keep_own(std::span<const Message> sent);

  void run(const std::stop_token& stop);
  void attend(const std::stop_token& stop);
  void wait() const;
  void read();
  void watch_state();
  void apply_filters();
  void adopt(std::unique_ptr<PolledDevice> device);
  void lose(const std::string& why);
  void reconnect(const std::stop_token& stop);

  const PolledBusOptions options_;
  const Open open_;
  const Channel channel_;
  const WakeUp wake_;  // of the thread
  MessageQueue queue_;

  mutable FairMutex mutex_;               // of all that follows but what is the thread's
  std::unique_ptr<PolledDevice> device_;  // null: lost
  Received received_;
  std::vector<Message> own_;
  std::uint64_t dropped_ = 0;
  std::optional<Error> failure_;  // ends the bus
  Filters filters_;
  bool new_filters_ = false;  // that the device hasn't got yet

  // Of the thread:
  AnyReadable ready_;  // wake_ and the device
  ControllerState controller_ = ControllerState::unknown;
  Clock::time_point next_look_, lost_;
  std::string told_;  // why the device can't be opened again
  std::jthread thread_;
};

}  // namespace can
