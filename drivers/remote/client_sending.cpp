// SPDX-License-Identifier: MIT
// The output of a client: messages, filters, and Sync (have all messages been sent?).

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cansuite/sendable.h"
#include "drivers/remote/client.h"
#include "libcan/model/fail.h"
#include "libcan/platform/interruption.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kSendAtOnce = 512;  // messages
constexpr auto kMaxBlock = 10s;           // limit for a server that reads nothing
constexpr auto kSyncLimit = 10s;
constexpr auto kLook = 20ms;  // period of a sender's check for a link made by another thread

}  // namespace

std::size_t RemoteBus::send_some(std::span<const Message> messages) {
  const auto current = link();
  if (current && current->read_only) fail(Errc::unsupported, "{}: the server is read-only", name());
  attend();
  throw_failures();
  const bool fd =
      options_->config.fd.value_or(true) && (!current || current->version == Version::own);
  const auto good = sendable(messages.first(std::min(messages.size(), kSendAtOnce)), fd);
  if (good.empty()) refuse(name(), messages[0]);
  std::array<std::uint8_t, kSendAtOnce * kLongestFrame> bytes;
  const std::size_t size =
      encode_messages(current ? current->version : Version::own, good, 0, bytes);
  write_events(std::span(bytes).first(size));
  return good.size();
}

/// Writes all events; over a new connection, those that the old one has not taken.
void RemoteBus::write_events(std::span<const std::uint8_t> bytes) {
  std::lock_guard writing(writing_);
  for (;;) {
    const auto current = link();
    std::size_t written = 0;
    try {
      if (!current) fail(Errc::io, "no connection");
      while (written < bytes.size()) write(bytes.subspan(written), written);
      return;
    } catch (const Error& error) {
      if (redial_.patience() == 0ns) {
        attend();
        std::unique_lock receiving(receiving_, std::try_to_lock);
        fail(Errc::io, "{}: {}", name(),
             receiving && redial_.active() ? redial_.why() : error.what());
      }
    }
    Event event;
    for (std::size_t size = 1; size > 0 && current;) {
      size = decode(current->version, bytes.first(written), event);
      bytes = bytes.subspan(size);
      written -= size;
    }
    await_link(current.get(), Deadline(redial_.patience()));
  }
}

void RemoteBus::write(std::span<const std::uint8_t> bytes, std::size_t& written) {
  const auto current = link();
  if (!current) fail(Errc::io, "no connection");
  const Deadline deadline(kMaxBlock);
  for (;;) {
    const std::size_t size = current->transport->write(bytes);
    written += size;
    if (size > 0) return;
    if (deadline.passed() || interruption::requested())
      fail(Errc::io, "the server takes no more messages");
    attend();
    wait_for(current->transport->descriptor(),
             current->transport->waits_to_read() ? POLLIN : POLLOUT,
             std::min<nanoseconds>(deadline.left(), 100ms));
  }
}

/// Waits for another connection than `broken`; makes it if no other thread receives.
void RemoteBus::await_link(const Link* broken, const Deadline& deadline) {
  for (auto current = link(); !current || current.get() == broken; current = link()) {
    if (std::unique_lock receiving(receiving_, std::try_to_lock); receiving) {
      if (current) lose_link("the connection broke");
      try_again();
    }
    if (deadline.passed() || interruption::requested()) fail(Errc::io, "{}: no connection", name());
    std::unique_lock lock(state_);
    changed_.wait_for(lock, kLook);
  }
}

void RemoteBus::flush() {
  throw_failures();
  auto current = link();
  if (!current || current->version != Version::own) return;
  Encoder request;
  request.number(EventId::sync, ++syncs_);
  write_events(request.bytes());
  const Deadline deadline(kSyncLimit);
  const auto done = [this] { return synced_ >= syncs_ || !link_; };
  for (std::unique_lock lock(state_);
       !done() && !deadline.passed() && !interruption::requested();) {
    lock.unlock();
    wait_for(current->transport->descriptor(), POLLIN, kLook);
    attend();
    lock.lock();
    changed_.wait_for(lock, 1ms, done);
  }
  throw_failures();
  std::lock_guard lock(state_);
  if (synced_ < syncs_ && redial_.patience() == 0ns)
    fail(Errc::io, "{}: the server didn't confirm that it sent all messages", name());
}

void RemoteBus::throw_failures() {
  std::lock_guard lock(state_);
  if (failures_ == 0) return;
  const std::uint64_t count = std::exchange(failures_, 0);
  fail(Errc::io, "{}: the server could not send {} message{}{}{}", name(), count,
       count == 1 ? "" : "s", failure_.empty() ? "" : ": ", failure_);
}

bool RemoteBus::filter_in_device(std::span<const Filter> filters) {
  const auto current = link();
  if (!current || current->version != Version::own)
    return false;  // some servers of python-can apply no filters
  if (!fits(Version::own, filters)) return false;
  if (std::ranges::equal(filters, options_->config.filters)) return true;
  Encoder request;
  request.filters(Version::own, filters);
  write_events(request.bytes());
  return false;  // messages on the way have not passed these filters
}

}  // namespace can::remote
