// SPDX-License-Identifier: MIT
// The opening of a session: from the bus request to the open bus.

#include <algorithm>
#include <exception>
#include <system_error>

#include "libcan/model/fail.h"
#include "libcan/platform/descriptor_limit.h"
#include "libcan/remote/describe.h"
#include "libcan/remote/session.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 2ms;          // most buses open within this time
constexpr std::size_t kBatch = 64;       // messages of one turn, from the client or the bus
constexpr std::size_t kMaxOpening = 16;  // buses at a time, each on a thread

/// For newcomers, and buses that are being opened.
std::size_t spare_descriptors() { return std::min<std::size_t>(64, descriptor_limit() / 4); }

}  // namespace

void Session::handle_bus_request(const Event& event) {
  if (event.id != EventId::bus_request) return end_after_queued("no bus request");
  advance(Phase::session_request);
  const auto version = static_cast<Version>(event.version);
  if (version != Version::v4 && version != Version::v5 && version != Version::own)
    return dismiss(fmt::format("expected protocol version 4, 5 or 64, got {}", event.version));
  version_ = version;
  bitrate_ = event.bitrate;
  if (bitrate_ < 0) return dismiss(fmt::format("expected a bit rate, got {}", bitrate_));
  if (version == Version::own) return;
  if (!service_.options.token.empty())
    return dismiss("this server requires a token, which only cansuite's clients send");
  advance(Phase::filters);
}

BusConfig Session::config_for(Filters filters) const {
  BusConfig config = service_.config;
  if (config.bitrate == 0) config.bitrate = static_cast<std::uint32_t>(bitrate_);
  if (config.data_bitrate == 0) config.data_bitrate = request_.data_bitrate;
  config.receive_own_messages |= request_.receive_own;
  if (version_ != Version::own || request_.fd_off)
    config.fd = false;
  else if (request_.fd_on && !config.fd)
    config.fd = true;
  config.filters = std::move(filters);
  return config;
}

/// Dismisses the client if the maximum number is reached.
bool Session::has_place() {
  const std::size_t clients = service_.statistics.clients;
  if (clients >= service_.options.max_clients)
    dismiss_for_now(fmt::format("this server accepts at most {} clients", clients));
  else if (few_descriptors_left(spare_descriptors()))
    dismiss_for_now("this server can't open more files");
  return !has_ended();
}

/// Dismisses a client that may come again.
void Session::dismiss_for_now(const std::string& reason) {
  if (!request_.knows_busy) return dismiss(reason);
  Encoder refusal;
  refusal.text(EventId::busy, reason);
  outbox_.add_last(refusal.bytes());
  end_after_queued(reason);
}

void Session::dismiss_late() {
  if (phase_ == Phase::opening) return dismiss_for_now("the bus could not be opened in time");
  dismiss("no handshake in time");
}

void Session::open(Filters filters) {
  if (!has_place()) return;
  wanted_ = config_for(std::move(filters));
  requested_ = describe(wanted_);
  advance(Phase::opening);
  poll_opening(kPatience);
}

/// False while too many buses are being opened, and after the dismissal of the client.
bool Session::begin_opening() try {
  if (service_.opening + service_.abandoned.size() >= kMaxOpening) return false;
  opening_ = std::async(std::launch::async, service_.open, std::move(wanted_));
  ++service_.opening;
  return true;
} catch (const std::system_error& error) {
  dismiss_for_now(fmt::format("can't start a thread: {}", error.code().message()));
  return false;
}

/// Checks whether the bus is open. A remote bus can take seconds, during which others are served.
void Session::poll_opening(std::chrono::nanoseconds timeout) {
  if (!opening_.valid() && !begin_opening()) return;
  if (opening_.wait_for(timeout) != std::future_status::ready) return;
  --service_.opening;
  try {
    adopt(opening_.get());
  } catch (const std::exception& error) {  // also a thread that a driver couldn't start
    dismiss(error.what());
  }
}

void Session::adopt(std::unique_ptr<Bus> bus) {
  if (!has_place()) return;  // other clients connected meanwhile
  bus_ = std::move(bus);
  decoded_.resize(kBatch);
  from_bus_.resize(kBatch);
  ++service_.statistics.clients;
  advance(Phase::open);
  const std::string details = bus_->details();
  Encoder answer;
  answer.text(EventId::bus_response, details.empty() ? bus_->name() : details);
  if (version_ == Version::own) answer.session_info(service_.options.read_only);
  outbox_.add(answer.bytes());
  log(LogLevel::info, fmt::format("opened {}, protocol version {}, {}", bus_->name(),
                                  static_cast<unsigned>(version_), requested_));
}

}  // namespace can::remote
