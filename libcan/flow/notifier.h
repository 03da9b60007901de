// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "libcan/flow/listener.h"
#include "libcan/model/bus.h"

namespace can {

/// Receives from buses, each on a thread of its own, and calls listeners there: one at a time, in
/// the order in which they were added. Buses and listeners are not owned; buses must outlive the
/// notifier, listeners too or until remove() has returned.
///
/// A bus that fails ends its own thread. A listener that throws ends all threads, once the others
/// have the same messages. The first failure is kept. All functions may be called from any thread,
/// also from a listener and from the callback of on_failure(), except for the destructor.
class Notifier {
 public:
  using OnFailure = std::function<void(const std::exception_ptr&)>;

  explicit Notifier(Bus& bus, std::vector<Listener*> listeners = {});
  explicit Notifier(const std::vector<Bus*>& buses, std::vector<Listener*> listeners = {});
  ~Notifier();  ///< calls stop(); what that throws is lost

  /// The listener gets the messages that are received from now on.
  void add(Listener& listener);
  /// When it returns the listener is not being called and won't be again, not even by stop(). A
  /// listener may remove itself.
  void remove(Listener& listener);

  /// Whether a bus is still received from.
  bool running() const { return threads_running_ > 0; }
  /// The first failure of a bus or a listener; null: none so far.
  std::exception_ptr failure() const;
  /// `call` is called once, with the first failure, on the thread where it happened; at once where
  /// it has happened.
  void on_failure(OnFailure call);

  /// Receives what the buses still hold, ends the threads, then stops every listener, once. Throws
  /// the first failure of a bus or a listener, Listener::stop() included, after all that. From a
  /// listener it only requests the end: another thread's stop(), or the destructor, does the rest.
  void stop();

 private:
  void run(const std::stop_token& stop, Bus& bus);
  bool deliver(Bus& bus, std::chrono::nanoseconds timeout);
  void fail(std::exception_ptr failure);
  void stop_listeners();
  mutable std::recursive_mutex mutex_;  // a listener may call back; of all but threads_
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
