// SPDX-License-Identifier: MIT
#include "cansuite/notifier.h"

#include <algorithm>
#include <utility>

namespace can {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookForStop = 50ms;  // how long a silent bus may delay stop()

thread_local const Notifier* receiving_for = nullptr;  // set on a notifier's own threads

}  // namespace

Notifier::Notifier(Bus& bus, std::vector<Listener*> listeners)
    : Notifier(std::vector<Bus*>{&bus}, std::move(listeners)) {}

Notifier::Notifier(const std::vector<Bus*>& buses, std::vector<Listener*> listeners)
    : listeners_(std::move(listeners)), threads_running_(buses.size()) {
  for (Bus* bus : buses) threads_.emplace_back([this, bus] { run(end_.get_token(), *bus); });
}

Notifier::~Notifier() {
  try {
    stop();
  } catch (...) {  // failure() reports it
  }
}

void Notifier::add(Listener& listener) {
  std::lock_guard lock(mutex_);
  listeners_.push_back(&listener);
}

void Notifier::remove(Listener& listener) {
  std::lock_guard lock(mutex_);
  // Set to null, not erased: a running loop over the listeners uses indexes.
  std::ranges::replace(listeners_, &listener, static_cast<Listener*>(nullptr));
}

std::exception_ptr Notifier::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

void Notifier::on_failure(OnFailure call) {
  std::lock_guard lock(mutex_);
  on_failure_ = std::move(call);
  if (failure_ && on_failure_) on_failure_(failure_);
}

void Notifier::fail(std::exception_ptr failure) {
  std::lock_guard lock(mutex_);
  if (failure_) return;
  failure_ = std::move(failure);
  if (on_failure_) on_failure_(failure_);
}

bool Notifier::deliver(Bus& bus, std::chrono::nanoseconds timeout) {
  Message batch[256];
  const std::size_t count = bus.receive(batch, timeout);
  if (count == 0) return false;
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < listeners_.size(); ++i) try {
      if (listeners_[i]) listeners_[i]->on_messages({batch, count});
    } catch (...) {
      listener_failed_ = true;
      fail(std::current_exception());
      end_.request_stop();
    }
  return true;
}

void Notifier::run(const std::stop_token& stop, Bus& bus) {
  receiving_for = this;
  try {
    while (!stop.stop_requested()) deliver(bus, kLookForStop);
    // A busy bus never runs empty: end after the messages that may have waited at the call of
    // stop().
    for (int batches = 0; batches < 4096 && !listener_failed_ && deliver(bus, 0ns);) ++batches;
  } catch (...) {
    fail(std::current_exception());
  }
  --threads_running_;
}

void Notifier::stop_listeners() {
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < listeners_.size(); ++i) try {
      if (listeners_[i]) listeners_[i]->stop();
    } catch (...) {
      fail(std::current_exception());
    }
}

void Notifier::stop() {
  end_.request_stop();
  if (receiving_for == this) return;
  std::lock_guard stopping(stopping_);
  if (std::exchange(listeners_stopped_, true)) return;
  for (std::jthread& thread : threads_) thread.join();
  stop_listeners();
  if (const std::exception_ptr first = failure()) std::rethrow_exception(first);
}

}  // namespace can
