// SPDX-License-Identifier: MIT
#include "libcan/flow/recorder.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace can {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBatch = 1024;
using Clock = std::chrono::steady_clock;

constexpr auto kLookForStop = 20ms;  // how long a silent bus may delay stop()
// After stop(): messages with times before it are received this long, those without such times.
constexpr auto kLongestRest = 30s, kLongestUnknown = 1s;
constexpr auto kPlausible = 10min;  // the age of a message that waits

}  // namespace

Recorder::Recorder(Bus& bus, std::size_t worth_waking, std::size_t capacity, bool even_times,
                   ClockWatch clock)
    : bus_(bus),
      clock_(std::move(clock)),
      even_times_(even_times),
      queue_(capacity, kBatch, worth_waking),
      thread_([this](const std::stop_token& stop) {
        std::exception_ptr failure;
        try {
          run(stop);
        } catch (...) {
          failure = std::current_exception();
        }
        // After the catch block, which also holds the exception: only the consumer holds it from
        // here.
        queue_.finish(std::move(failure));
      }) {}

Recorder::~Recorder() {
  queue_.cancel();
  thread_.request_stop();
}

std::size_t Recorder::receive(std::chrono::nanoseconds timeout, std::size_t limit,
                              const std::function<void(std::span<const Message>)>& use) {
  auto batch = queue_.wait(timeout);
  batch = batch.first(std::min(batch.size(), limit));
  if (batch.empty()) return 0;
  use(batch);
  queue_.release(batch.size());
  return batch.size();
}

void Recorder::stop() { thread_.request_stop(); }

std::size_t Recorder::receive(std::chrono::nanoseconds timeout) {
  const auto places = queue_.reserve();
  if (places.empty()) return 0;
  const std::size_t count = bus_.receive(places, timeout);
  if (count > 0) latest_ = places[count - 1].timestamp;
  watch_clock(places.first(count));
  queue_.commit(count);
  return count;
}

void Recorder::watch_clock(std::span<Message> received) {
  if (const auto step = clock_.check(); step != 0ns) {
    const std::lock_guard lock(steps_mutex_);
    steps_.push_back({received_, step});
  }
  if (even_times_) clock_.make_even(received);
  received_ += received.size();
}

std::vector<Recorder::ClockStep> Recorder::drain_clock_steps() {
  const std::lock_guard lock(steps_mutex_);
  return std::exchange(steps_, {});
}

void Recorder::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) receive(kLookForStop);
  receive_the_rest();
}

/// Messages from before the stop may still wait in the kernel, however long the log's disk takes
/// for those in the queue; a busy bus never runs empty.
void Recorder::receive_the_rest() {
  const auto stopped = std::chrono::system_clock::now().time_since_epoch();
  for (const auto start = Clock::now(); receive(0ns) > 0;) {
    const bool from_before = latest_ < stopped && latest_ > stopped - kPlausible;
    if (Clock::now() > start + (from_before ? kLongestRest : kLongestUnknown)) return;
  }
}

}  // namespace can
