// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace can {

/// Runs jobs in parallel and returns them in the order of their start. A job is a place in a ring;
/// the owner has data for each place, whose buffers are reused.
///
///   if (pool.full()) write(jobs[pool.oldest()]), pool.release();
///   fill(jobs[pool.next()]), pool.start();
///
/// One thread owns the pool and takes part: oldest() runs a job that no thread has begun. With one
/// thread that is every job.
class OrderedPool {
 public:
  /// `work` is called with a place, on any of `threads` threads.
  OrderedPool(unsigned threads, std::size_t places, std::function<void(std::size_t)> work);
  /// Waits for the jobs that have begun; drops the others.
  ~OrderedPool();
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  bool empty() const { return released_ == started_; }
  std::size_t count() const { return started_ - released_; }  ///< jobs not released
  bool full() const { return started_ - released_ == places_.size(); }

  std::size_t next() const {
    return started_ % places_.size();
  }              ///< the place of the next job; not when full
  void start();  ///< starts the job in next()

  /// Waits for the oldest job and returns its place. Throws what its work threw. Not when empty.
  std::size_t oldest();
  void release();  ///< frees the place of the oldest job

 private:
  struct Place {
    bool done = false;
    std::exception_ptr failure;
  };
  bool idle_job() const { return begun_ < started_; }
  void run_one(std::unique_lock<std::mutex>& lock);
  void add_thread();
  void serve();

  const std::function<void(std::size_t)> work_;
  std::size_t helpers_left_;  // threads that may still be added
  std::vector<Place> places_;
  std::size_t started_ = 0, begun_ = 0, released_ = 0;  // numbers of jobs
  bool stop_ = false;
  std::mutex mutex_;  // guards begun_, stop_, started_ and places_
  std::condition_variable job_there_, job_done_;
  std::vector<std::thread> helpers_;
};

/// `requested`, or the number of cores where that is 0; at least 1, at most `max`.
unsigned thread_count(unsigned requested, unsigned max);

}  // namespace can
