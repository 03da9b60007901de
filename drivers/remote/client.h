// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/wait.h"
#include "drivers/remote/redial.h"
#include "drivers/remote/unsent.h"
#include "libcan/platform/any_readable.h"
#include "libcan/platform/timer.h"

namespace can::remote {

/// A bus that a server shares over TCP. Threads: as every Bus. While no thread receives, a sending
/// thread reads the input, and keeps up to 100,000 messages.
class RemoteBus final : public Bus {
 public:
  RemoteBus(LinkOptions options, Patience patience);
  ~RemoteBus() override;

  void flush() override;
  int descriptor() const override { return readable_.descriptor(); }
  std::string name() const override;
  std::string details() const override;
  BusCounters counters() const override;

 protected:
  std::size_t send_some(std::span<const Message> messages) override;
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override;
  bool filter_in_device(std::span<const Filter> filters) override;
  void wait_for_room(std::chrono::nanoseconds limit) override;
  std::chrono::nanoseconds patience() const override;
  std::string_view blocked_reason() const override;

 private:
  // client.cpp: input, for the thread that holds receiving_.
  std::size_t read_batch(std::span<Message> out);
  std::size_t keep_valid(std::span<Message> messages);
  bool handle_event();
  void handle(const Event& event);
  void use(std::unique_ptr<Link> link);
  bool read_more();
  void attend();
  void keep_for_later();
  void announce();
  bool has_event(Version version) const;
  void lose_link(const std::string& why);
  bool try_again();

  // client_sending.cpp: output.
  std::size_t add_messages(std::span<const Message> messages, bool optional);
  void add_event(const Encoder& event);
  bool write_unsent();
  void write_out();
  void replace_link(const Link* broken, const std::string& why);
  void await_confirmation();
  void throw_failures();
  std::shared_ptr<Link> link() const;

  const std::shared_ptr<const LinkOptions> options_;
  const std::string where_;  // "host:port"
  const Channel unnamed_;    // channel of messages without one

  AnyReadable readable_;  // readable: the socket or the timer is
  Timer timer_;           // readable: messages are kept, or a new attempt to connect is due

  std::mutex receiving_;
  std::vector<std::uint8_t> bytes_;  // received, from first_ to end_
  std::size_t first_ = 0, end_ = 0;
  std::deque<Message> kept_;  // received while this bus was sending
  ChannelNames channels_{};
  bool announced_ = false;  // timer_ is readable
  Redial redial_;           // active while there is no connection

  std::mutex writing_;  // guards the next two
  Unsent unsent_;
  std::optional<Message> owed_;  // its last message, which send_some() has not counted yet

  mutable std::mutex state_;  // guards the members below
  std::condition_variable changed_;
  std::shared_ptr<Link> link_;  // null while there is no connection
  std::string failure_;         // for the next call of send()
  std::uint64_t failures_ = 0, synced_ = 0;

  std::uint64_t syncs_ = 0;  // of the sending thread
  std::atomic<std::uint64_t> dropped_ = 0, lost_before_ = 0, lost_ = 0, malformed_ = 0;
};

}  // namespace can::remote
