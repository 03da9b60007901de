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
      error_frames_(options.error_frames),
      time_(time),
      listener_(listener),
      pacer_(options.pace),
      noticing_(kPassOnNotices, time.now()) {}

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
  send_collected();
  return true;
}

/// Collects a message that is already due: sending messages one by one would take more time. False
/// if the end was requested.
bool Replay::play_one(const Message& message) {
  if (message.error && !error_frames_) {
    ++counts_.error_frames;
    return true;
  }
  Channel channel = message.channel;
  Bus* const bus = routes_.find(channel);
  if (!bus) {
    ++counts_.unmapped;
    return true;
  }
  const auto now = time_.now();
  const Pacer::Turn turn = next_turn(message.timestamp, now);
  if (turn.drop) return true;
  if (turn.due > now && !wait_until(turn.due)) return false;
  if (bus != bus_) send_collected();
  bus_ = bus;
  if (collected_.empty()) collected_due_ = turn.due;
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

bool Replay::wait_until(Timekeeper::Clock::time_point due) {
  send_collected();
  return time_.wait_until(due);
}

void Replay::send_collected() {
  if (collected_.empty()) return;
  bus_->send(collected_);
  const auto now = time_.now();
  counts_.latest = std::max<std::chrono::nanoseconds>(counts_.latest, now - collected_due_);
  counts_.sent += collected_.size();
  for (LogWriter* const copy : copies_) {
    copy->write(collected_);
    copy->flush();
  }
  collected_.clear();
  listener_.on_sent(counts_);
  if (noticing_.due(now)) pass_on_notices();
}

void Replay::pass_on_notices() {
  for (const std::string& text : routes_.drain_notices()) listener_.on_notice(text);
}

}  // namespace can
