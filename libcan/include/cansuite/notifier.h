// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/listener.h"

namespace can {

/// Receives from buses, each on a thread of its own, and calls listeners there: one at a time, in
/// the order in which they were added. Buses and listeners are not owned; buses must outlive the
/// notifier, listeners too or until remove() has returned.
///
/// A bus that fails ends its own thread. A listener that throws ends all threads, once the others
/// have the same messages. The first failure is kept. Any thread may call any function, also from
/// a listener and from the callback of on_failure(), except for the destructor.
class Notifier {
 public:
  /// Receives a failure.
  using OnFailure = std::function<void(const std::exception_ptr&)>;

  /// Begins to receive from one bus.
  explicit Notifier(Bus& bus, std::vector<Listener*> listeners = {});
  /// Begins to receive from several buses.
  explicit Notifier(const std::vector<Bus*>& buses, std::vector<Listener*> listeners = {});
  ~Notifier();  ///< calls stop(), and ignores its exceptions

  /// Adds a listener for the messages received from now on.
  void add(Listener& listener);
  /// Removes the listener: after the return no thread calls it any more, not even by stop(). A
  /// listener may remove itself.
  void remove(Listener& listener);

  /// Whether at least one bus is still being received.
  bool running() const { return threads_running_ > 0; }
  /// The first failure of a bus or a listener; null: none so far.
  std::exception_ptr failure() const;
  /// `call` is called once with the first failure, on the thread of the failure; at once if there
  /// has been one.
  void on_failure(OnFailure call);

  /// Receives the remaining messages of the buses, ends the threads, stops every listener once,
  /// then throws the first failure of a bus or a listener, Listener::stop() included. Called by a
  /// listener, it only requests the end; stop() on another thread, or the destructor, does the
  /// rest.
  void stop();

 private:
  void run(const std::stop_token& stop, Bus& bus);
  bool deliver(Bus& bus, std::chrono::nanoseconds timeout);
  void fail(std::exception_ptr failure);
  void stop_listeners();
  mutable std::recursive_mutex
      mutex_;  // guards all but threads_; recursive, as a listener may call back
  std::vector<Listener*> listeners_;
  std::exception_ptr failure_;
  OnFailure on_failure_;
  bool listeners_stopped_ = false;
  std::mutex stopping_;  // one stop() at a time
  std::atomic<std::size_t> threads_running_;
  std::atomic<bool> listener_failed_ = false;
  std::stop_source end_;
  std::vector<std::jthread> threads_;  // last: they use the rest
};

}  // namespace can
