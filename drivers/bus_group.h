// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "drivers/support/descriptor.h"
#include "libcan/bus.h"
#include "libcan/config.h"
#include "libcan/error.h"

namespace can {

/// Several buses as one for receiving: their messages come in the order of their timestamps.
///
/// A message is held back until no other bus can have an earlier one: until all were asked after
/// its timestamp. A bus whose clock runs ahead of this machine's is not waited for. A bus that
/// fails is told of and left out; receive() throws what the last one threw.
class BusGroup final : public Bus {
 public:
  /// Opens them all; at least one. A message that tells no channel gets its bus's. Throws what
  /// open_bus() throws.
  explicit BusGroup(std::span<const BusConfig> configs);

  int descriptor() const override { return poll_.get(); }
  std::string name() const override;
  std::string details() const override;
  BusCounters counters() const override;

 private:
  struct Member {
    std::unique_ptr<Bus> bus;
    Channel channel;
    bool ended = false;
  };

  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override;
  std::size_t send_some(std::span<const Message> messages) override;  // refuses: on which one?
  void take_all();
  void take_from(Member& member);
  void receive_from(Member& member);
  void end(Member& member, const Error& error);
  std::size_t deliver(std::span<Message> out);
  std::chrono::nanoseconds until_complete() const;

  std::vector<Member> members_;
  Descriptor poll_;
  std::deque<Message> held_;
  std::vector<Message> batch_;
  std::optional<Error> failure_;      // of the last bus
  std::chrono::nanoseconds asked_{};  // all messages up to this time are in held_
};

}  // namespace can
