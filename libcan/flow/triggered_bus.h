// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/platform/any_readable.h"
#include "libcan/platform/wake_up.h"

namespace can {

/// A bus whose messages are received only while a condition holds, and for some time before and
/// after. The others count as filtered. Threads: as every Bus.
class TriggeredBus final : public Bus {
 public:
  /// Takes each message of the bus, in order; returns whether the condition holds now. Called by
  /// the thread that receives.
  using Condition = std::function<bool(const Message&)>;
  struct Window {
    std::chrono::nanoseconds before{};  ///< in the messages' time
    std::chrono::nanoseconds after{};   ///< the same
    std::size_t most = 1 << 20;         ///< messages of 88 bytes in memory, at least 1
  };

  /// Throws Errc::io.
  TriggeredBus(std::unique_ptr<Bus> bus, Condition condition, Window window);

  void flush() override { bus_->flush(); }
  int descriptor() const override { return readable_.descriptor(); }
  std::string name() const override { return bus_->name(); }
  std::string details() const override { return bus_->details(); }
  BusCounters counters() const override { return bus_->counters(); }
  std::uint64_t filtered() const override;
  BusState state() const override { return bus_->state(); }

 protected:
  std::size_t send_some(std::span<const Message> messages) override;
  void wait_for_room(std::chrono::nanoseconds limit) override { bus_->await_room(limit); }
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override;

 private:
  std::size_t deliver(std::span<Message> out);
  void sort(const Message& message);
  void hold(const Message& message);
  void tell_notices();

  const std::unique_ptr<Bus> bus_;
  const Condition condition_;
  const Window window_;
  AnyReadable readable_;
  WakeUp more_;  // readable: chosen_ has messages
  std::vector<Message> batch_;
  std::deque<Message> held_;    // not older than `before`
  std::deque<Message> chosen_;  // to be received
  bool holds_ = false, overflow_told_ = false;
  std::optional<std::chrono::nanoseconds> until_;  // after the condition held
  std::atomic<std::uint64_t> refused_ = 0;         // messages neither received nor in chosen_
};

}  // namespace can
