// SPDX-License-Identifier: MIT
#include "libcan/flow/forecast.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "libcan/platform/realtime.h"
#include "libcan/platform/wake_up.h"

namespace can {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kBatch = 2048;

/// Takes all messages, and does nothing with them.
class Nowhere final : public Bus {
 public:
  int descriptor() const override { return never_.descriptor(); }
  std::string name() const override { return "nowhere"; }

 protected:
  std::size_t send_some(std::span<const Message> messages) override { return messages.size(); }
  std::size_t receive_any(std::span<Message>, nanoseconds) override { return 0; }

 private:
  const WakeUp never_;
};

/// A clock that is at once at the time that is waited for.
class Jumping final : public Timekeeper {
 public:
  explicit Jumping(const std::stop_token& stop) : stop_(stop) {}
  Clock::time_point now() override { return now_; }
  bool end_wanted() override { return stop_.stop_requested(); }
  bool wait_until(Clock::time_point due) override {
    now_ = std::max(now_, due);
    return !end_wanted();
  }

 private:
  const std::stop_token& stop_;
  Clock::time_point now_;
};

class Deaf final : public ReplayListener {
  void on_turn(const Pacer::Turn&, const ReplayCounts&) override {}
  void on_sent(const ReplayCounts&) override {}
  void on_notice(const std::string&) override {}
};

/// Plays the log once. False where the replay ends before the log.
bool play_once(LogReader& reader, Selector selector, Replay& replay) {
  std::vector<Message> batch(kBatch);
  while (const std::size_t count = reader.read(batch)) {
    const std::size_t kept = selector.keep_wanted(std::span(batch).first(count));
    if (!replay.play(std::span(batch).first(kept))) return false;
  }
  return true;
}

/// With the first two loops known, the others take as long as the second.
nanoseconds extrapolate(nanoseconds first, nanoseconds both, std::uint64_t loops) {
  nanoseconds::rep rest = 0;
  if (loops <= 2 || __builtin_mul_overflow((both - first).count(), loops - 2, &rest) ||
      __builtin_add_overflow(both.count(), rest, &rest))
    return loops <= 2 ? both : nanoseconds::max();
  return nanoseconds(rest);
}

}  // namespace

Forecast::Forecast(Plan plan)
    : thread_([this, plan = std::move(plan)](const std::stop_token& stop) mutable {
        yield_to_others();
        const nanoseconds length = measure(plan, stop);
        if (!stop.stop_requested()) length_ = length;
      }) {}

std::optional<nanoseconds> Forecast::length() const {
  const nanoseconds length = length_;
  return length < nanoseconds(0) ? std::nullopt : std::optional(length);
}

nanoseconds Forecast::measure(Plan& plan, const std::stop_token& stop) {
  plan.routes.open([](const std::string&) { return std::make_unique<Nowhere>(); });
  plan.options.stepwise = false;
  const bool counted = plan.options.max_messages != UINT64_MAX;
  Jumping time(stop);
  Deaf deaf;
  Replay replay(plan.routes, plan.options, time, deaf);
  nanoseconds first{};
  for (std::uint64_t loop = 1;; ++loop) {
    try {
      if (!play_once(*plan.open(), Selector(plan.selection), replay)) break;
    } catch (const Error&) {
      break;  // the replay ends there, too, and says why
    }
    if (loop == plan.loops) break;
    if (loop == 1) first = replay.counts().position;
    if (loop == 2 && !counted) return extrapolate(first, replay.counts().position, plan.loops);
    replay.begin_again();
  }
  return replay.counts().position;
}

}  // namespace can
