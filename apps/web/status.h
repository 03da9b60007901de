// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "apps/web/live_bus.h"
#include "apps/web/sender.h"
#include "libcan/flow/bus_view.h"
#include "libcan/flow/load_meter.h"

namespace can::web {

/// What the page shows besides the rows, measured once a second. Used by one thread.
class Status {
 public:
  using Clock = std::chrono::steady_clock;

  /// `title`: the bus in words. `sends`: viewers may send. `named`: frames have names.
  Status(std::string title, bool sends, bool named)
      : title_(std::move(title)), sends_(sends), named_(named) {}

  /// Forgets the channels of the meter: a bus was opened, whose channels it is told next.
  LoadMeter& restart_meter() { return meter_ = LoadMeter(); }
  void add(std::span<const Message> messages) { meter_.add(messages); }
  void notice(std::string text) { notice_ = std::move(text); }

  /// Makes json() anew if a second has passed, and returns whether it did. The page takes a silence
  /// of seconds for a lost connection.
  bool update(const BusView& view, const LiveBus& bus, const Sender& sender, Clock::time_point now);

  /// An object: "bus", "sends", "named"; "problem", why the bus is not open, and "notice"; "rate"
  /// in messages a second; the counts "messages", "errors", "others", "dropped", "malformed";
  /// "load", an object for each channel; "periodic", one for each message; "state" and counters of
  /// the controller.
  const std::string& json() const { return json_; }

 private:
  void measure(std::uint64_t messages, std::chrono::nanoseconds interval);
  std::string text(const BusView& view, const LiveBus& bus, const Sender& sender) const;

  const std::string title_;
  const bool sends_, named_;
  LoadMeter meter_;
  Clock::time_point measured_ = Clock::now() - std::chrono::seconds(1);
  std::uint64_t counted_ = 0;  // messages when measured
  double rate_ = 0;
  std::string load_ = "[]", notice_, json_;
};

}  // namespace can::web
