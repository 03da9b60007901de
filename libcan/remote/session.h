// SPDX-License-Identifier: MIT
#pragma once

#include <future>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cansuite/server.h"
#include "libcan/net/outbox.h"
#include "libcan/remote/channel_numbers.h"
#include "libcan/remote/cyclic_messages.h"
#include "libcan/remote/encodings.h"
#include "libcan/remote/phase.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

using OpeningBus = std::future<std::unique_ptr<Bus>>;

/// The shared state of a server's sessions. Used by one thread.
struct Service {
  ServerOptions options;
  BusConfig config;
  OpenBus open;
  Log log;
  Statistics statistics{};
  Encodings encodings{};
  std::size_t opening = 0;              ///< buses that are being opened for connected clients
  std::vector<OpeningBus> abandoned{};  ///< of disconnected clients; the destructor of each waits
  CyclicLoad cyclic{};                  ///< of all clients
};

/// The server's side of one client, between received bytes and bytes to send. Uses no sockets, and
/// owns the client's bus. Used by one thread. No input makes a session throw.
class Session {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `peer` is the client's address, for the log.
  Session(Service& service, std::string peer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Handles the events at the start of `input`; returns their size in bytes. Stops before an
  /// incomplete event. Stops earlier, with has_more() true, at the end of the client's turn of some
  /// milliseconds, and while the bus is full or not open yet.
  std::size_t handle_input(std::span<const std::uint8_t> input);
  /// Whether handle_input() has to be called again, also without new input.
  bool has_more() const { return turn_is_over_ || waits_for_bus(); }
  /// Whether the bus is full or not open yet.
  bool waits_for_bus() const { return !unsent_.empty() || phase_ == Phase::opening; }

  /// Handles the end of the client's sending direction.
  void end_of_input() { end_after_queued("closed by the client"); }

  /// Moves messages from the bus into the outbox, a limited number per call. No effect unless the
  /// phase is Phase::open.
  void forward_from_bus();

  /// Checks losses and time limits. To be called a few times a second.
  void tick(Time now);

  /// Ends the session after the queued bytes. A client that has sent a bus request gets the reason.
  void dismiss(const std::string& reason);
  /// As dismiss(), for the end of the time to open the bus.
  void dismiss_late();

  /// Ends the session at once; queued bytes are lost.
  void end_at_once(const std::string& reason) { end(Phase::gone, reason); }
  /// Ends the session after the queued bytes.
  void end_after_queued(const std::string& reason) { end(Phase::closing, reason); }

  Phase phase() const { return phase_; }
  Time phase_since() const { return phase_since_; }
  /// Sets the phase `next`; no effect in this or a later phase.
  void advance(Phase next);
  bool has_ended() const { return phase_ >= Phase::closing; }

  /// Null until the bus is open; then valid as long as the session.
  const Bus* bus() const { return bus_.get(); }
  Outbox& outbox() { return outbox_; }

 private:
  // session.cpp: the client's events, and the end.
  std::size_t handle_some(std::span<const std::uint8_t> input);
  void handle(Event& event);
  void handle_session_request(const Event& event);
  void handle_open(Event& event);
  void send(const Message& message);
  void send_unsent();
  std::size_t send_now(std::span<const Message> messages);
  void count_sent(std::size_t count);
  void count_failed(std::size_t count, std::string_view why);
  void start_cyclic(const Event& event);
  void check_cyclic();
  void end(Phase next, const std::string& reason);
  void log(LogLevel level, const std::string& text) const;

  // session_opening.cpp: from the bus request to the open bus.
  void handle_bus_request(const Event& event);
  bool has_place();
  void dismiss_for_now(const std::string& reason);
  void open(Filters filters);
  bool begin_opening();
  void poll_opening(std::chrono::nanoseconds timeout);
  void adopt(std::unique_ptr<Bus> bus);
  BusConfig config_for(Filters filters) const;

  // session_forward.cpp: from the bus to the client.
  void forward(const MessageView& view);
  bool forward_encoded(const MessageView& view);
  bool forward_one(const Message& message);
  std::optional<std::uint8_t> number_of(Channel channel);
  void report_notes();
  void report_losses();
  void check_jam(Time now);
  void fail_bus(const std::string& what);

  Service& service_;
  const std::string peer_;
  Phase phase_ = Phase::bus_request;
  Time phase_since_ = std::chrono::steady_clock::now();
  bool turn_is_over_ = false;
  Version version_ = Version::v4;
  std::int32_t bitrate_ = 0;  // bit/s, of the bus request
  SessionRequest request_;
  Outbox outbox_;
  BusConfig wanted_;  // of the bus to open
  OpeningBus opening_;
  std::string requested_;  // the requested configuration in words, for the log
  std::unique_ptr<Bus> bus_;
  CyclicMessages cyclic_;            // destroyed before the bus
  std::vector<Message> decoded_;     // from the client; sized when the bus opens
  std::span<const Message> unsent_;  // the part of decoded_ that the full bus has not taken
  std::vector<Message> from_bus_;    // buffer for a bus that copies; sized when the bus opens
  ChannelNumbers channels_;
  std::uint64_t sent_ = 0, forwarded_ = 0;
  std::uint64_t overflowed_ = 0;       // messages for which the outbox had no room
  std::uint64_t losses_reported_ = 0;  // to the client
  std::optional<Time> blocked_since_;  // the outbox has had no room
};

}  // namespace can::remote
