// SPDX-License-Identifier: MIT
#include "formats/support/ordered_pool.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace can {

OrderedPool::OrderedPool(unsigned threads, std::size_t places,
                         std::function<void(std::size_t)> work)
    : work_(std::move(work)), helpers_left_(std::max(threads, 1u) - 1), places_(places) {}

OrderedPool::~OrderedPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  job_there_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void OrderedPool::start() {
  bool waiting;
  {
    const std::lock_guard lock(mutex_);
    places_[started_++ % places_.size()] = {};
    waiting = started_ - begun_ > 1;
  }
  // Many logs have one job: they need no thread.
  if (waiting && helpers_left_ > 0) add_thread();
  if (!helpers_.empty()) job_there_.notify_one();
}

std::size_t OrderedPool::oldest() {
  std::unique_lock lock(mutex_);
  Place& place = places_[released_ % places_.size()];
  while (!place.done) {
    if (idle_job())
      run_one(lock);
    else
      job_done_.wait(lock);
  }
  if (place.failure) std::rethrow_exception(place.failure);
  return released_ % places_.size();
}

void OrderedPool::release() { ++released_; }

void OrderedPool::run_one(std::unique_lock<std::mutex>& lock) {
  const std::size_t at = begun_++ % places_.size();
  lock.unlock();
  std::exception_ptr failure;
  try {
    work_(at);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  places_[at] = {.done = true, .failure = std::move(failure)};
}

void OrderedPool::add_thread() {
  try {
    helpers_.emplace_back([this] { serve(); });
    --helpers_left_;
  } catch (const std::system_error&) {
    helpers_left_ = 0;  // no more threads: the existing ones and the owner do the work
  }
}

void OrderedPool::serve() {
  for (std::unique_lock lock(mutex_);;) {
    job_there_.wait(lock, [this] { return stop_ || idle_job(); });
    if (stop_) return;
    run_one(lock);
    job_done_.notify_one();
  }
}

unsigned thread_count(unsigned requested, unsigned max) {
  const unsigned count = requested != 0 ? requested : std::thread::hardware_concurrency();
  return std::clamp(count, 1u, max);
}

}  // namespace can
