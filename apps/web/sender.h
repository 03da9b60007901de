// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/signals.h"

namespace can::web {

/// Sends what viewers type, once or periodically. Used by one thread.
class Sender {
 public:
  static constexpr std::size_t kMaxPeriodic = 32;  ///< messages at a time, of all viewers

  /// `catalog`: null: frames can't be named.
  explicit Sender(std::shared_ptr<const signals::Catalog> catalog = nullptr)
      : catalog_(std::move(catalog)) {}

  /// "123#11", or "Engine Speed=850" where a file names it. `period`: "": once; "100ms", a bare
  /// number counts milliseconds, at least 1 ms. Throws Errc::invalid, Errc::unsupported, Errc::io,
  /// Errc::full.
  void send(Bus& bus, std::string_view frame, std::string_view period);
  /// Ends a periodic message, if it is there.
  void stop(std::uint64_t number);
  void stop_all() { periodic_.clear(); }

  /// Drops messages whose sending has ended, and returns the reasons.
  std::vector<std::string> check();

  struct Periodic {
    std::uint64_t number;
    std::string frame;
    std::chrono::nanoseconds period;
    std::unique_ptr<PeriodicTask> task;
  };
  const std::vector<Periodic>& periodic() const { return periodic_; }

 private:
  Message message_of(std::string_view frame) const;

  const std::shared_ptr<const signals::Catalog> catalog_;
  std::vector<Periodic> periodic_;
  std::uint64_t started_ = 0;
};

}  // namespace can::web
