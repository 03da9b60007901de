// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "apps/viewer/feed.h"
#include "cansuite/server.h"

namespace can::web {

/// A bus that is opened in the background, and again when it has failed. Used by one thread.
class LiveBus {
 public:
  using Clock = std::chrono::steady_clock;

  /// `open` is called on another thread. `on_open` is told of each bus that was opened.
  LiveBus(BusConfig config, remote::OpenBus open, std::function<void(const Bus&)> on_open);

  /// Passes the messages that came since the last call.
  void take(const cli::Feed::Use& use);

  Bus* bus() const { return feed_ ? feed_->bus() : nullptr; }  ///< null: it is not open
  /// Why it is not open; "" while it is.
  const std::string& problem() const { return problem_; }
  std::vector<std::string> drain_notices();
  /// True while the destructor would wait for a bus that is being opened.
  bool opens() const { return opening_.valid(); }

 private:
  void open();
  void fail(const char* why);

  const BusConfig config_;
  const remote::OpenBus open_;
  const std::function<void(const Bus&)> on_open_;
  std::future<std::unique_ptr<Bus>> opening_;
  std::unique_ptr<cli::BusFeed> feed_;
  std::string problem_ = "opening the bus";
  Clock::time_point next_try_ = Clock::now();
};

}  // namespace can::web
