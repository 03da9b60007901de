// SPDX-License-Identifier: MIT
#include "drivers/remote/link.h"

#include <poll.h>

#include <array>

#include "cansuite/wait.h"
#include "libcan/model/fail.h"
#include "libcan/net/connect.h"

namespace can::remote {
namespace {

constexpr std::size_t kMaxReceived = 1 << 16;  // bytes before the end of the handshake

Descriptor dial(const Endpoint& server, const Deadline& deadline) try {
  return connect_to(server, deadline);
} catch (const Error& error) {
  throw Unreachable(error.code(), error.what());
}

/// The client's part of the handshake, over a new connection.
class ClientHandshake {
 public:
  ClientHandshake(const LinkOptions& options, Version version, const Deadline& deadline)
      : options_(options), deadline_(deadline), link_(std::make_unique<Link>()) {
    link_->version = version;
    Descriptor socket = dial(options.server, deadline);
    link_->transport = options.tls ? options.tls->connect(std::move(socket), options.server.host)
                                   : plain_transport(std::move(socket));
  }

  /// Null if the server closes without an event: it doesn't know this version.
  std::unique_ptr<Link> make() {
    try {
      write(hello());
    } catch (const Error&) {
      // The events before the server's close are still to be read.
      if (options_.tls) throw;
    }
    for (;;) {
      if (use_received()) return std::move(link_);
      if (!read()) return nullptr;
    }
  }

 private:
  std::vector<std::uint8_t> hello() const {
    const BusConfig& config = options_.config;
    const Version version = link_->version;
    const bool own = version == Version::own;
    const auto bitrate = static_cast<std::int32_t>(config.bitrate);
    Encoder encoder;
    encoder.bus_request(version, own || bitrate != 0 ? bitrate : kDefaultBitrate);
    if (own)
      encoder.session_request({.receive_own = config.receive_own_messages,
                               .fd_on = config.fd.value_or(false),
                               .fd_off = !config.fd.value_or(true),
                               .wants_notices = true,
                               .knows_busy = true,
                               .data_bitrate = config.data_bitrate,
                               .token = options_.token});
    encoder.filters(version, fits(version, config.filters) ? config.filters : Filters{});
    return {encoder.bytes().begin(), encoder.bytes().end()};
  }

  void write(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const std::size_t sent = link_->transport->write(bytes);
      bytes = bytes.subspan(sent);
      if (sent == 0) wait(link_->transport->waits_to_read() ? POLLIN : POLLOUT);
    }
  }

  /// Reads more bytes. False at the end of input.
  bool read() {
    if (link_->received.size() > kMaxReceived)
      fail(Errc::corrupt, "expected the answer of a CAN server");
    std::array<std::uint8_t, 4096> bytes;
    try {
      const auto result = link_->transport->read(bytes);
      const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(result.bytes);
      link_->received.insert(link_->received.end(), bytes.begin(), end);
      if (result.state == Transport::State::ended) return false;
      if (result.bytes == 0) wait(POLLIN);
      return true;
    } catch (const Error& error) {
      // A server that closes before reading the whole handshake resets the connection.
      const bool has_answered = options_.tls || !link_->received.empty();
      if (error.code() == Errc::io && !has_answered && !deadline_.passed()) return false;
      throw;
    }
  }

  void wait(short events) {
    if (link_->transport->waits_to_write()) events |= POLLOUT;
    wait_for(link_->transport->descriptor(), events, deadline_.left());
    if (deadline_.passed()) throw Unreachable(Errc::io, "the server didn't answer in time");
  }

  /// True if the answer is complete; removes it from the received bytes.
  bool use_received() {
    auto& received = link_->received;
    Event event;
    const std::size_t first = decode(link_->version, received, event);
    if (first == 0) return false;
    if (event.id == EventId::busy)
      throw Unreachable(Errc::io, fmt::format("the server says: {}", printable(event.text)));
    if (event.id == EventId::remote_exception)
      fail(Errc::io, "the server says: {}", printable(event.text));
    if (event.id != EventId::bus_response)
      fail(Errc::corrupt, "expected the answer of a CAN server");
    const std::string description = printable(event.text);
    std::size_t used = first;
    if (link_->version == Version::own) {
      const std::size_t second = decode(link_->version, std::span(received).subspan(first), event);
      if (second == 0) return false;
      link_->read_only = event.read_only;
      used += second;
    }
    link_->description = description;
    received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(used));
    return true;
  }

  const LinkOptions& options_;
  const Deadline& deadline_;
  std::unique_ptr<Link> link_;
};

}  // namespace

std::unique_ptr<Link> make_link(const LinkOptions& options) {
  std::vector<Version> versions = {Version::own, Version::v4, Version::v5};
  if (options.version) versions = {*options.version};
  for (Version version : versions) {
    const Deadline deadline(options.limit);
    if (auto link = ClientHandshake(options, version, deadline).make()) return link;
    // Versions 4 and 5 have no token.
    if (!options.token.empty()) break;
  }
  fail(Errc::unsupported,
       "the server closed the connection: it doesn't speak version {} of the protocol",
       options.version         ? fmt::format("{}", static_cast<unsigned>(*options.version))
       : options.token.empty() ? "64, 4 or 5"
                               : "64, which a token needs");
}

}  // namespace can::remote
