// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/model/fail.h"
#include "libcan/platform/any_readable.h"

namespace can {

/// Several buses as one for receiving: their messages come in the order of their timestamps.
///
/// A message is held back until no bus can have an earlier one: until all buses have been read
/// after the time of its timestamp. A timestamp in the future, of a bus whose clock is fast, is not
/// waited for. A bus that fails is left out, with a notice (drain_notices()); receive() throws the
/// last bus's failure. Messages can't be sent on a group.
class BusGroup final : public Bus {
 public:
  /// An open bus, and the channel for its messages without one.
  struct Member {
    std::unique_ptr<Bus> bus;
    Channel channel;
    bool ended = false;
  };

  /// At least one bus. Throws Errc::io.
  explicit BusGroup(std::vector<Member> members);

  int descriptor() const override { return readable_.descriptor(); }
  std::string name() const override;
  std::string details() const override;
  BusCounters counters() const override;
  std::uint64_t filtered() const override;

 private:
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override;
  std::size_t send_some(std::span<const Message> messages) override;  // throws: no bus is selected
  void collect_all();
  void collect_from(Member& member);
  void receive_from(Member& member);
  void end(Member& member, const Error& error);
  std::size_t deliver(std::span<Message> out);
  std::chrono::nanoseconds until_complete() const;

  std::vector<Member> members_;
  AnyReadable readable_;
  std::deque<Message> held_;
  std::vector<Message> batch_;
  std::optional<Error> failure_;      // of the last bus
  std::chrono::nanoseconds asked_{};  // all messages up to this time have been received
};

}  // namespace can
