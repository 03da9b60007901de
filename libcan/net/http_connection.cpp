// SPDX-License-Identifier: MIT
#include "libcan/net/http_connection.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "libcan/model/fail.h"

namespace can::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadAtOnce = 4096;
constexpr std::size_t kSlowest = 1 << 16;  // bytes a second that a client has to take
constexpr auto kFarewell = 2s;             // for the client to close after the last byte

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

/// Nothing comes from elsewhere, nothing is framed, guessed or kept.
constexpr std::string_view kPolicies =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Cache-Control: no-store\r\n"
    "Connection: close\r\n";

std::string head_of(const Response& response) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}", response.status,
                                 reason_of(response.status), response.type, kPolicies);
  if (!response.streams)
    head += fmt::format("Content-Length: {}\r\n", response.body ? response.body->size() : 0);
  if (response.status == 401) head += "WWW-Authenticate: Bearer\r\n";
  if (!response.file_name.empty())
    head += fmt::format("Content-Disposition: attachment; filename=\"{}\"\r\n", response.file_name);
  return head + "\r\n";
}

}  // namespace

Response text_response(int status, std::string text, std::string_view type) {
  return {
      .status = status, .type = type, .body = std::make_shared<const std::string>(std::move(text))};
}

Connection::Connection(Poller& poller, std::unique_ptr<remote::Transport> transport,
                       std::chrono::nanoseconds patience, const Answer& answer)
    : transport_(std::move(transport)),
      patience_(patience),
      answer_(answer),
      due_(Clock::now() + patience),
      watch_(poller, [this](std::uint32_t events) { on_socket(events); }) {
  set_watch();
}

/// An error of the connection ends this client; others are not affected.
template <class Work>
void Connection::guarded(Work work) {
  if (phase_ == Phase::gone) return;
  try {
    work();
    if (phase_ != Phase::gone) set_watch();
  } catch (const Error&) {
    phase_ = Phase::gone;
  }
}

void Connection::on_socket(std::uint32_t events) {
  guarded([this, events] {
    const bool can_read = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
    if (can_read || transport_->waits_to_write()) read();
    if (phase_ == Phase::answering || phase_ == Phase::viewing) flush();
  });
}

/// Bytes behind the request are no part of it: those of a viewer end the connection, all others are
/// passed over until the client closes.
void Connection::read() {
  std::array<std::uint8_t, kReadAtOnce> bytes;
  do {
    const auto result = transport_->read(bytes);
    if (result.state == remote::Transport::State::ended) return drop();
    if (phase_ == Phase::viewing && result.bytes > 0) return drop();
    if (phase_ == Phase::reading) {
      input_.append(reinterpret_cast<const char*>(bytes.data()), result.bytes);
      handle_input();
    }
  } while (transport_->has_read_ahead());
}

void Connection::handle_input() {
  if (input_.empty()) return;
  const Reading reading = read_request(input_);
  if (reading.refusal != 0) return respond({.status = reading.refusal});
  if (!reading.request) return;
  Request request = *reading.request;
  const bool head_only = request.method == "HEAD";
  if (head_only) request.method = "GET";
  respond(answer_(request), head_only);
}

void Connection::respond(Response response, bool head_only) {
  head_ = head_of(response);
  streams_ = response.streams && !head_only;
  body_ = head_only ? nullptr : std::move(response.body);
  input_ = {};
  advance(Phase::delayed, response.delay);
  if (response.delay <= 0ns) begin_sending();
}

void Connection::begin_sending() {
  advance(streams_ ? Phase::viewing : Phase::answering, time_to_send());
  flush();
}

void Connection::send(SharedText update) {
  guarded([this, &update] {
    head_.clear();
    body_ = std::move(update);
    sent_ = 0;
    advance(Phase::viewing, time_to_send());
    flush();
  });
}

void Connection::flush() {
  while (waiting() > 0) {
    const std::string_view part = sent_ < head_.size()
                                      ? std::string_view(head_).substr(sent_)
                                      : std::string_view(*body_).substr(sent_ - head_.size());
    const std::size_t sent =
        transport_->write({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
    if (sent == 0) return;
    sent_ += sent;
  }
  head_.clear();
  body_.reset();
  sent_ = 0;
  if (phase_ != Phase::answering) return;
  transport_->end_writing();
  advance(Phase::closing, kFarewell);
}

void Connection::tick(Clock::time_point now) {
  guarded([this, now] {
    if (now < due_ || is_ready()) return;
    if (phase_ == Phase::delayed) return begin_sending();
    drop();
  });
}

void Connection::advance(Phase phase, std::chrono::nanoseconds limit) {
  phase_ = phase;
  due_ = Clock::now() + limit;
}

std::chrono::nanoseconds Connection::time_to_send() const {
  return patience_ + std::chrono::seconds(waiting() / kSlowest);
}

void Connection::set_watch() {
  const bool writes = transport_->waits_to_write() || (waiting() > 0 && phase_ != Phase::delayed);
  watch_.set(transport_->descriptor(), EPOLLIN | (writes ? EPOLLOUT : 0u));
}

}  // namespace can::http
