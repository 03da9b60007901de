// SPDX-License-Identifier: MIT
#include "libcan/flow/notifier.h"

#include <utility>

namespace can {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookForStop = 50ms;  // how long a silent bus may delay stop()

}  // namespace

Notifier::Notifier(Bus& bus, std::vector<Listener*> listeners)
    : bus_(bus),
      listeners_(std::move(listeners)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Notifier::~Notifier() {
  try {
    stop();
  } catch (...) {  // a destructor has nobody to tell
  }
}

bool Notifier::deliver(std::chrono::nanoseconds timeout) {
  Message batch[256];
  const std::size_t count = bus_.receive(batch, timeout);
  if (count == 0) return false;
  for (Listener* listener : listeners_) listener->on_messages({batch, count});
  return true;
}

void Notifier::run(const std::stop_token& stop) try {
  while (!stop.stop_requested()) deliver(kLookForStop);
  // A busy bus never runs dry: stop at what could have been waiting when stop() was called.
  for (int batches = 0; batches < 4096 && deliver(0ns);) ++batches;
} catch (...) {
  failure_ = std::current_exception();
}

void Notifier::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  for (Listener* listener : listeners_) listener->stop();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace can
