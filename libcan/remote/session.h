// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <future>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libcan/net/outbox.h"
#include "libcan/remote/channel_numbers.h"
#include "libcan/remote/encodings.h"
#include "libcan/remote/protocol.h"
#include "libcan/remote/server.h"

namespace can::remote {

using OpeningBus = std::future<std::unique_ptr<Bus>>;

/// What the sessions of a server share. Used by one thread.
struct Service {
  ServerOptions options;
  BusConfig config;
  OpenBus open;
  Log log;
  Statistics statistics{};
  std::array<Message, 256> batch{};           ///< room for messages on their way through
  std::array<std::uint8_t, 1 << 16> bytes{};  ///< room for bytes just received
  Encodings encodings{};
  std::vector<OpeningBus> abandoned{};  ///< whose clients went; destroying one waits for its thread
};

/// What a server does for one client, between the bytes it receives and those to be sent: knows
/// nothing of sockets. Whatever the client sends, it throws nothing.
class Session {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `peer`: who it is, for the log.
  Session(Service& service, std::string peer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes the events that `input` starts with; returns how many bytes. Stops before an event that
  /// isn't whole, after some milliseconds, and where the bus takes no more now or isn't open yet:
  /// has_more() is then true.
  std::size_t take(std::span<const std::uint8_t> input);
  bool has_more() const { return has_more_; }
  bool waits_for_bus() const { return bus_is_full_ || state_ == State::opening; }

  /// The client sends no more.
  void end_of_input();

  /// Puts messages of the bus into the outbox, as far as they are there and it is this client's
  /// turn.
  void take_from_bus();

  /// To be called every now and then: looks after losses and limits.
  void tick(Time now);

  /// Ends the session. The client is told why if it is in a state to understand it.
  void dismiss(const std::string& reason);

  /// The connection broke.
  void lose(const std::string& what) { end(what); }

  bool is_open() const { return bus_ != nullptr; }
  bool has_ended() const { return state_ == State::ended; }
  /// The bus has failed: there is nothing more to be had from its descriptor.
  bool has_failed() const { return state_ == State::failed; }
  const Bus* bus() const { return bus_.get(); }
  Outbox& outbox() { return outbox_; }
  const std::string& peer() const { return peer_; }

 private:
  struct Cyclic {
    std::unique_ptr<PeriodicTask> task;
    std::chrono::nanoseconds period{};
  };
  enum class State : std::uint8_t { greeting, request, filters, opening, open, failed, ended };

  std::size_t take_some(std::span<const std::uint8_t> input);
  void handle(Event& event);
  void greet(const Event& event);
  void handle_open(Event& event);
  bool has_place();
  void open(Filters filters);
  void look_at_opening(std::chrono::nanoseconds patience);
  void adopt(std::unique_ptr<Bus> bus);
  BusConfig config_for(Filters filters) const;
  std::size_t send(std::span<const Message> messages);
  std::size_t send_now(std::span<const Message> messages);
  void sent(std::size_t count);
  void start_cyclic(const Event& event);
  std::string cyclic_excess(std::chrono::nanoseconds period) const;
  void look_at_cyclic();
  void not_sent(std::size_t count, std::string_view why);
  void take_copies();
  void take_shared();
  void forward(const SharedMessages::View& view);
  bool put_together(const SharedMessages::View& view);
  bool put(const Message& message);
  std::optional<std::uint8_t> number_of(Channel channel);
  void tell_notes();
  void report_losses();
  void look_at_jam(Time now);
  void fail_bus(const std::string& what);
  void end(const std::string& reason);
  void say(LogLevel level, const std::string& text) const;

  Service& service_;
  const std::string peer_;
  State state_ = State::greeting;
  bool has_more_ = false, bus_is_full_ = false;
  bool greeted_ = false;  // it has sent a bus request: it will understand an error
  Version version_ = Version::v4;
  std::int32_t bitrate_ = 0;
  SessionRequest request_;
  Outbox outbox_;
  OpeningBus opening_;
  std::string asked_for_;  // of the bus, for the log
  std::unique_ptr<Bus> bus_;
  SharedMessages* shared_ = nullptr;        // the bus, where it can that
  std::map<std::uint32_t, Cyclic> cyclic_;  // by id; after the bus
  ChannelNumbers channels_;
  std::uint64_t sent_ = 0, forwarded_ = 0;
  std::uint64_t not_fitting_ = 0;   // messages for which the outbox had no room
  std::uint64_t losses_known_ = 0;  // to the client
  bool jammed_ = false;
  std::optional<Time> since_;  // jammed, or failed
};

}  // namespace can::remote
