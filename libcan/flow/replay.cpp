// SPDX-License-Identifier: MIT
#include "libcan/flow/replay.h"

#include <algorithm>

namespace can {
namespace {

using namespace std::chrono_literals;

constexpr auto kCheckForEnd = 50ms;  // while no message of the log is available
constexpr auto kPassOnNotices = 1s;

}  // namespace

Replay::Replay(Routes& routes, const Options& options, Timekeeper& time, ReplayListener& listener)
    : routes_(routes),
      options_(options),
      time_(time),
      listener_(listener),
      pacer_(options.pace),
      noticing_(kPassOnNotices, time.now()),
      left_(options.max_messages) {}

bool Replay::run(ReadAhead& messages) {
  std::span<const Message> batch;
  while (!time_.end_wanted()) {
    if (!messages.next(batch, kCheckForEnd)) return true;
    if (!play(batch)) return false;
  }
  return false;
}

bool Replay::play(std::span<const Message> messages) {
  for (const Message& message : messages)
    if (!play_one(message)) return false;
  return send_collected();
}

/// Collects a message that is already due: sending messages one by one would take more time. False
/// if the end was requested.
bool Replay::play_one(const Message& message) {
  if (message.error && !options_.error_frames) {
    ++counts_.error_frames;
    return true;
  }
  Channel channel = message.channel;
  Bus* const bus = routes_.find(channel);
  if (!bus) {
    ++counts_.unmapped;
    return true;
  }
  if (left_ == 0) return send_collected() && false;
  const auto now = time_.now();
  Pacer::Turn turn = next_turn(message.timestamp, now);
  if (turn.drop) return true;
  if ((options_.stepwise || turn.due > now) && !wait_until(turn.due)) return false;
  if (bus != bus_ && !send_collected()) return false;
  bus_ = bus;
  --left_;
  due_.push_back({turn.due, pacer_.position()});
  collected_.push_back(message);
  collected_.back().channel = channel;
  return true;
}

Pacer::Turn Replay::next_turn(std::chrono::nanoseconds timestamp,
                              Timekeeper::Clock::time_point now) {
  const Pacer::Turn turn = pacer_.next(timestamp, now);
  counts_.overdue += turn.drop;
  counts_.steps_back += turn.stepped_back > 0ns;
  counts_.shifts += turn.shifted > 0ns;
  counts_.shifted += turn.shifted;
  if (turn.shifted > 0ns || turn.stepped_back > 0ns || (turn.wait >= kLongWait && !turn.drop))
    listener_.on_turn(turn, counts_);
  return turn;
}

/// Until `due`, which a user may postpone.
bool Replay::wait_until(Timekeeper::Clock::time_point& due) {
  if (!send_collected()) return false;
  const bool go_on = time_.wait_until(due);
  std::chrono::nanoseconds pause = time_.drain_pause();
  if (options_.stepwise) pause = std::max<std::chrono::nanoseconds>(time_.now() - due, 0ns);
  pacer_.postpone(pause);
  due += pause;
  return go_on;
}

/// False if the end was requested while the bus had no room.
bool Replay::send_collected() {
  for (std::size_t at = 0; at < collected_.size();) {
    const std::size_t done = send_from(at);
    if (done == 0 && time_.end_wanted()) return false;
    at += done;
  }
  if (collected_.empty()) return true;
  collected_.clear();
  due_.clear();
  if (noticing_.due(time_.now())) pass_on_notices();
  return true;
}

/// Sends collected messages from `first` on, or leaves that one out. Returns how many are done
/// with: none where the bus has no room yet.
std::size_t Replay::send_from(std::size_t first) {
  std::size_t done = 0;
  const std::size_t sent = send_by_rules(*bus_, std::span(collected_).subspan(first),
                                         options_.rules, kCheckForEnd, counts_.left_out, done);
  if (sent > 0) report_sent(first, sent);
  return done;
}

void Replay::report_sent(std::size_t first, std::size_t count) {
  const auto now = time_.now();
  for (std::size_t i = first; i < first + count && !options_.stepwise; ++i)
    counts_.lateness.add(now - due_[i].time);
  counts_.sent += count;
  counts_.position = due_[first + count - 1].position;
  for (LogWriter* const copy : copies_) {
    copy->write(std::span(collected_).subspan(first, count));
    copy->flush();
  }
  listener_.on_sent(counts_);
}

void Replay::pass_on_notices() {
  for (const std::string& text : routes_.drain_notices()) listener_.on_notice(text);
}

}  // namespace can
