// SPDX-License-Identifier: MIT
// The connection of a client, and its input.

#include "drivers/remote/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "libcan/model/fail.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kBuffer = 1 << 16;   // bytes received at once
constexpr std::size_t kMaxKept = 100'000;  // messages kept while no thread receives
constexpr auto kLastWords = 2s;            // for the server to read the last messages

}  // namespace

RemoteBus::RemoteBus(LinkOptions options, Patience patience)
    : options_(std::make_shared<const LinkOptions>(std::move(options))),
      where_(to_string(options_->server)),
      unnamed_(where_),
      bytes_(kBuffer),
      redial_(options_, patience) {
  readable_.add(timer_.descriptor());
  if (auto link = redial_.connect())
    use(std::move(link));
  else
    add_notice(fmt::format("{}: {}, waiting", name(), redial_.why()));
  announce();
}

/// Reads to the end: closing a socket with unread input makes the system discard unsent messages.
RemoteBus::~RemoteBus() {
  const auto last = link();
  if (!last) return;
  const Deadline deadline(kLastWords);
  try {
    last->transport->end_writing();
    while (!deadline.passed()) {
      const auto result = last->transport->read(bytes_);
      if (result.state == Transport::State::ended) return;
      if (result.bytes == 0) wait_readable(last->transport->descriptor(), deadline.left());
    }
  } catch (const Error&) {
    // The connection is already lost.
  }
}

std::string RemoteBus::name() const { return "remote " + where_; }

std::string RemoteBus::details() const {
  const auto now = link();
  return now ? fmt::format("{} on {}", now->description, where_) : where_;
}

BusCounters RemoteBus::counters() const {
  return {.dropped = dropped_ + lost_before_ + lost_, .malformed = malformed_};
}

std::shared_ptr<Link> RemoteBus::link() const {
  std::lock_guard lock(state_);
  return link_;
}

// ---- receiving

std::size_t RemoteBus::receive_any(std::span<Message> out, nanoseconds timeout) {
  constexpr int kLateRounds = 64;  // minimum rounds, for events other than messages
  std::lock_guard receiving(receiving_);
  const Deadline deadline(timeout);
  for (int round = 0; round < kLateRounds || !deadline.passed(); ++round) {
    const std::size_t taken = read_batch(out);
    if (taken > 0) {
      announce();
      return taken;
    }
    // A new connection may bring events behind the server's answer.
    if (redial_.active() && try_again()) continue;
    if (read_more()) continue;
    announce();
    if (!wait_readable(descriptor(), deadline.left())) return 0;
  }
  return 0;
}

std::size_t RemoteBus::read_batch(std::span<Message> out) {
  std::size_t taken = std::min(out.size(), kept_.size());
  std::copy_n(kept_.begin(), taken, out.begin());
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(taken));
  const auto current = link();
  while (current && taken < out.size()) {
    const auto bytes = std::span<const std::uint8_t>(bytes_).subspan(first_, end_ - first_);
    const Run run = decode_messages(current->version, bytes, channels_, out.subspan(taken));
    if (current->version != Version::own)
      for (Message& message : out.subspan(taken, run.messages)) message.channel = unnamed_;
    first_ += run.bytes;
    taken += keep_valid(out.subspan(taken, run.messages));
    if (run.messages == 0 && !handle_event()) break;
  }
  return taken;
}

/// Moves the frames that can be on a bus to the front; counts the others. Returns their number.
std::size_t RemoteBus::keep_valid(std::span<Message> messages) {
  const auto end = std::remove_if(messages.begin(), messages.end(),
                                  [](const Message& m) { return why_invalid(m) != nullptr; });
  const auto valid = static_cast<std::size_t>(end - messages.begin());
  malformed_ += messages.size() - valid;
  return valid;
}

/// Handles one event other than messages. False without one, and after the last.
bool RemoteBus::handle_event() {
  const auto current = link();
  if (!current) return false;
  Event event;
  try {
    const auto bytes = std::span<const std::uint8_t>(bytes_).subspan(first_, end_ - first_);
    const std::size_t size = decode(current->version, bytes, event);
    if (size == 0) return false;
    handle(event);
    first_ += size;
  } catch (const Error& error) {
    lose_link(error.code() == Errc::closed ? fmt::format("the server says: {}", error.what())
                                           : fmt::format("the server sent {}", error.what()));
  }
  return !redial_.active();
}

void RemoteBus::handle(const Event& event) {
  std::lock_guard lock(state_);
  switch (event.id) {
    case EventId::remote_exception:
      fail(Errc::closed, "{}", printable(event.text));
    case EventId::transmit_fail:
    case EventId::send_failed:
      ++failures_;
      failure_ = printable(event.text);
      break;
    case EventId::notice:
      add_notice(fmt::format("{}: {}", name(), printable(event.text)));
      break;
    case EventId::channel_name:
      // Accepts one name per number, which limits the memory that a server can use.
      if (event.channel != 0 && !channels_[event.channel])
        channels_[event.channel] = Channel(printable(event.text));
      break;
    case EventId::lost:
      lost_ = event.number;
      break;
    case EventId::synced:
      synced_ = event.number;
      changed_.notify_all();
      break;
    default:
      break;
  }
}

/// Reads the available bytes, without waiting. False if there are none.
bool RemoteBus::read_more() {
  const auto current = link();
  if (!current) return false;
  std::memmove(bytes_.data(), bytes_.data() + first_, end_ - first_);
  end_ -= first_;
  first_ = 0;
  try {
    const auto result = current->transport->read(std::span(bytes_).subspan(end_));
    end_ += result.bytes;
    if (result.state == Transport::State::ended) lose_link("the server closed the connection");
    return result.bytes > 0 || result.state == Transport::State::ended;
  } catch (const Error& error) {
    lose_link(error.what());
    return true;
  }
}

/// Reads the input while this bus only sends; otherwise the server would count this client as slow,
/// and its reports of failed messages would not be read. Another thread that receives does this.
void RemoteBus::attend() {
  std::unique_lock receiving(receiving_, std::try_to_lock);
  if (!receiving) return;
  keep_for_later();
  while (!redial_.active() && read_more()) keep_for_later();
  announce();
}

void RemoteBus::keep_for_later() {
  std::array<Message, 64> batch;
  for (;;) {
    std::deque<Message> before;
    before.swap(kept_);
    const std::size_t taken = read_batch(batch);
    kept_.swap(before);
    if (taken == 0) return;
    const std::size_t kept = std::min(taken, kMaxKept - kept_.size());
    kept_.insert(kept_.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(kept));
    dropped_ += taken - kept;
  }
}

/// Makes descriptor() readable while an event or an error waits in this object, or an attempt to
/// connect is due.
void RemoteBus::announce() {
  const auto current = link();
  const bool waits = !kept_.empty() || (current && current->transport->has_read_ahead()) ||
                     (current && has_event(current->version));
  if (redial_.active())
    timer_.set(redial_.pause());
  else if (waits != announced_)
    waits ? timer_.set(0ns) : timer_.stop();
  announced_ = waits || redial_.active();
}

/// Whether a complete event, or a wrong one, waits: a message may follow another event.
bool RemoteBus::has_event(Version version) const try {
  Event event;
  return decode(version, std::span(bytes_).subspan(first_, end_ - first_), event) > 0;
} catch (const Error&) {
  return true;
}

// ---- losing the connection, reconnecting

void RemoteBus::lose_link(const std::string& why) {
  std::lock_guard lock(state_);
  if (!link_) return;
  readable_.remove(link_->transport->descriptor());
  link_.reset();
  redial_.begin(why);
  first_ = end_ = 0;
  changed_.notify_all();
}

/// True after a new connection. Throws after the time limit, and if reconnecting is off.
bool RemoteBus::try_again() try {
  auto link = redial_.take();
  if (!link) return false;
  use(std::move(link));
  add_notice(fmt::format("{}: {}", name(), redial_.story()));
  return true;
} catch (const Error& error) {
  fail(Errc::io, "{}: {}", name(), error.what());
}

void RemoteBus::use(std::unique_ptr<Link> link) {
  readable_.add(link->transport->descriptor());
  std::ranges::copy(link->received, bytes_.begin());
  first_ = 0;
  end_ = link->received.size();
  channels_ = {};
  lost_before_ += lost_.exchange(0);
  std::lock_guard lock(state_);
  link_ = std::move(link);
  changed_.notify_all();
}

}  // namespace can::remote
