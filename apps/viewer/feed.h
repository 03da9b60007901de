// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/log.h"
#include "cansuite/pacer.h"
#include "libcan/flow/load_meter.h"
#include "libcan/flow/read_ahead.h"
#include "libcan/flow/recorder.h"

namespace can::cli {

/// Where canviewer's messages come from. Used by one thread.
class Feed {
 public:
  using Use = std::function<void(std::span<const Message>)>;

  virtual ~Feed() = default;
  /// Passes the messages that came since the last call. Throws what ends the feed.
  virtual void take(const Use& use) = 0;
  virtual bool ended() const = 0;
  virtual std::uint64_t dropped() const { return 0; }  ///< messages lost before they came here
  virtual std::vector<std::string> drain_notices() { return {}; }
  /// The bus to send on; null: none.
  virtual Bus* bus() { return nullptr; }
};

/// The messages of a bus, received on a thread of its own.
class BusFeed final : public Feed {
 public:
  explicit BusFeed(std::unique_ptr<Bus> bus);
  void take(const Use& use) override;
  bool ended() const override { return recorder_.ended(); }
  std::uint64_t dropped() const override;
  std::vector<std::string> drain_notices() override { return bus_->drain_notices(); }
  Bus* bus() override { return bus_.get(); }

 private:
  std::unique_ptr<Bus> bus_;
  Recorder recorder_;
};

/// The messages of a log at their times, from now on.
class LogFeed final : public Feed {
 public:
  LogFeed(std::unique_ptr<LogReader> log, Pacer::Pace pace);
  void take(const Use& use) override;
  bool ended() const override { return ended_; }

 private:
  using Clock = Pacer::Clock;

  bool load();
  std::size_t count_due(Clock::time_point now);

  std::unique_ptr<LogReader> log_;
  ReadAhead messages_;
  Pacer pacer_;
  std::span<const Message> batch_;               // of which some are still to come
  std::optional<Clock::time_point> next_due_{};  // of the first of them, if it is known
  bool ended_ = false;
};

}  // namespace can::cli
