// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "libcan/net/http_server.h"
#include "libcan/net/transport.h"
#include "libcan/platform/poller.h"

namespace can::http {

/// The connection of one client: reads a request, then sends the answer, or updates as long as the
/// client stays. Used by one thread. No action of the client makes it throw.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  /// In this order, forward only.
  enum class Phase : std::uint8_t {
    reading,    ///< the request is not complete
    delayed,    ///< the answer is ready, but not due
    answering,  ///< the answer is being sent
    viewing,    ///< updates are being sent
    closing,    ///< all is sent; the client's end is awaited, so that nothing is lost
    gone        ///< to be destroyed
  };

  /// `answer` makes the response. All arguments by reference must outlive the connection.
  using Answer = std::function<Response(const Request&)>;
  Connection(Poller& poller, std::unique_ptr<remote::Transport> transport,
             std::chrono::nanoseconds patience, const Answer& answer);

  Phase phase() const { return phase_; }
  /// The bytes that wait to be sent.
  std::size_t waiting() const { return head_.size() + (body_ ? body_->size() : 0) - sent_; }
  /// Whether a viewer has taken all updates so far.
  bool is_ready() const { return phase_ == Phase::viewing && waiting() == 0; }

  /// Sends an update to a viewer who is ready.
  void send(SharedText update);
  std::uint64_t seen = 0;  ///< what the viewer has had, as Handler::update() counts it

  /// Checks time limits. To be called a few times a second.
  void tick(Clock::time_point now);
  void drop() { phase_ = Phase::gone; }

 private:
  void on_socket(std::uint32_t events);
  void read();
  void handle_input();
  void respond(Response response, bool head_only = false);
  void begin_sending();
  void flush();
  void advance(Phase phase, std::chrono::nanoseconds limit);
  std::chrono::nanoseconds time_to_send() const;
  void set_watch();
  template <class Work>
  void guarded(Work work);

  const std::unique_ptr<remote::Transport> transport_;
  const std::chrono::nanoseconds patience_;
  const Answer& answer_;
  Phase phase_ = Phase::reading;
  std::string input_;  // of the request
  bool streams_ = false;
  std::string head_;       // of the answer
  SharedText body_;        // of the answer, or an update
  std::size_t sent_ = 0;   // of both
  Clock::time_point due_;  // the end of the phase
  Watch watch_;            // destroyed before the socket
};

}  // namespace can::http
