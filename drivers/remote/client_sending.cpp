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

constexpr std::size_t kSendAtOnce = 512;     // messages
constexpr std::size_t kMaxUnsent = 1 << 16;  // bytes before a change of filters is refused
constexpr auto kMaxBlock = 10s;              // limit for a server that reads nothing
constexpr auto kSyncLimit = 10s;
constexpr auto kLook = 20ms;  // period of a sender's check for a link made by another thread

}  // namespace

/// The last message of a batch counts as sent only when all bytes are written: until then the
/// caller offers it again, which has the rest written.
std::size_t RemoteBus::send_some(std::span<const Message> messages) {
  const auto current = link();
  if (current && current->read_only) fail(Errc::unsupported, "{}: the server is read-only", name());
  attend();
  throw_failures();
  std::lock_guard writing(writing_);
  if (!write_unsent()) return 0;
  const std::size_t owed = std::exchange(owed_, {}) == messages[0] ? 1 : 0;
  const auto rest = messages.subspan(owed);
  const std::size_t added = rest.empty() ? 0 : add_messages(rest, owed > 0);
  if (added == 0 || write_unsent()) return owed + added;
  owed_ = rest[added - 1];
  return owed + added - 1;
}

/// Encodes messages behind the unsent bytes; returns their number. `optional`: returns 0 for a
/// first message that can't be sent, instead of throwing.
std::size_t RemoteBus::add_messages(std::span<const Message> messages, bool optional) {
  const auto current = link();
  const bool fd =
      options_->config.fd.value_or(true) && (!current || current->version == Version::own);
  const auto good = sendable(messages.first(std::min(messages.size(), kSendAtOnce)), fd);
  if (good.empty() && !optional) refuse(name(), messages[0]);
  std::array<std::uint8_t, kSendAtOnce * kLongestFrame> bytes;
  unsent_.add(std::span(bytes).first(
      encode_messages(current ? current->version : Version::own, good, 0, bytes)));
  return good.size();
}

/// Writes what the connection takes without waiting. True if no byte is left; false also while
/// there is no connection. Call it with writing_.
bool RemoteBus::write_unsent() {
  const auto current = link();
  try {
    if (!current) fail(Errc::io, "no connection");
    if (unsent_.write(current)) return true;
  } catch (const Error& error) {
    replace_link(current.get(), error.what());
  }
  if (interruption::requested()) fail(Errc::io, "{}: {}", name(), blocked_reason());
  return false;
}

/// Looks for another connection than `broken`, if no other thread receives. Throws where
/// reconnecting is off.
void RemoteBus::replace_link(const Link* broken, const std::string& why) {
  attend();
  std::unique_lock receiving(receiving_, std::try_to_lock);
  if (redial_.patience() == 0ns)
    fail(Errc::io, "{}: {}", name(), receiving && redial_.active() ? redial_.why() : why);
  if (!receiving) return;
  if (broken != nullptr && link().get() == broken) lose_link("the connection broke");
  if (redial_.active()) try_again();
}

nanoseconds RemoteBus::patience() const {
  return link() ? std::max<nanoseconds>(kMaxBlock, redial_.patience()) : redial_.patience();
}

std::string_view RemoteBus::blocked_reason() const {
  return link() ? "the server takes no more messages" : "no connection";
}

void RemoteBus::wait_for_room(nanoseconds limit) {
  limit = std::min<nanoseconds>(limit, kLook);
  if (const auto current = link()) {
    wait_for(current->transport->descriptor(),
             current->transport->waits_to_read() ? POLLIN : POLLOUT, limit);
    return;
  }
  std::unique_lock lock(state_);
  changed_.wait_for(lock, limit);
}

/// Waits until all bytes are written.
void RemoteBus::write_out() {
  const Deadline deadline(patience());
  for (;;) {
    {
      std::lock_guard writing(writing_);
      if (write_unsent()) return;
    }
    if (deadline.passed()) fail(Errc::io, "{}: {}", name(), blocked_reason());
    attend();
    wait_for_room(kLook);
  }
}

void RemoteBus::add_event(const Encoder& event) {
  std::lock_guard writing(writing_);
  if (unsent_.size() > kMaxUnsent) fail(Errc::full, "{}: {}", name(), blocked_reason());
  unsent_.add(event.bytes());
}

void RemoteBus::flush() {
  throw_failures();
  auto current = link();
  if (!current) return;
  const bool confirms = current->version == Version::own;
  Encoder request;
  if (confirms) request.number(EventId::sync, ++syncs_);
  add_event(request);
  write_out();
  if (confirms) await_confirmation();
}

void RemoteBus::await_confirmation() {
  const Deadline deadline(kSyncLimit);
  const auto done = [this] { return synced_ >= syncs_ || !link_; };
  for (std::unique_lock lock(state_);
       !done() && !deadline.passed() && !interruption::requested();) {
    const auto current = link_;
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
  add_event(request);
  std::lock_guard writing(writing_);
  write_unsent();
  return false;  // messages on the way have not passed these filters
}

}  // namespace can::remote
