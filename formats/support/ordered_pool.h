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

/// Runs jobs side by side and hands them back in the order they were started. A job is one of a
/// ring of places, which the owner has data for; its buffers are used again and again.
///
///   if (pool.full()) write(jobs[pool.oldest()]), pool.release();
///   fill(jobs[pool.next()]), pool.start();
///
/// One thread owns it, and does its share: a job that nobody has begun when it is asked for runs
/// there and then. With one thread that is every job.
class OrderedPool {
 public:
  /// `work` gets a place and runs on any of `threads` threads.
  OrderedPool(unsigned threads, std::size_t places, std::function<void(std::size_t)> work);
  /// Waits for what is begun; drops what isn't.
  ~OrderedPool();
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  bool empty() const { return released_ == started_; }
  std::size_t count() const { return started_ - released_; }  ///< of jobs not released
  bool full() const { return started_ - released_ == places_.size(); }

  std::size_t next() const { return started_ % places_.size(); }  ///< for a job; not when full
  void start();                                                   ///< the job in next() may begin

  /// Waits until the job started first is done. Throws what its work threw. Not when empty.
  std::size_t oldest();
  void release();  ///< the oldest is done with

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
  std::size_t helpers_left_;  // threads that may be added yet
  std::vector<Place> places_;
  std::size_t started_ = 0, begun_ = 0, released_ = 0;  // jobs since the start
  bool stop_ = false;
  std::mutex mutex_;  // over begun_, stop_, started_ and the places' results
  std::condition_variable job_there_, job_done_;
  std::vector<std::thread> helpers_;
};

/// `asked`, or the number of cores where that is 0; at least 1, at most `limit`.
unsigned thread_count(unsigned asked, unsigned limit);

}  // namespace can
