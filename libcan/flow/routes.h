// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/message.h"

namespace can {

/// The buses of a replay, and the assignment of the log's channels to them. Without assignments all
/// channels go to one bus, or each to its own. Used by one thread.
class Routes {
 public:
  /// A bus on which messages keep the log's channels, as lines of a log.
  static constexpr const char* kPrinted = "stdout";

  /// Opens the bus of a channel; "": the only bus, without assignments.
  using Open = std::function<std::unique_ptr<Bus>(const std::string& channel)>;

  /// Sends the log's channel `from` on the bus `to`. Channels are compared by same_channel(): 1
  /// equals can0. Throws Errc::invalid if `from` has been assigned before.
  void assign(const std::string& from, const std::string& to);
  bool assigned() const { return !assigned_.empty(); }

  /// Opens each bus once, after the last assign(). Throws errors of `open`.
  void open(const Open& open);

  /// Instead of open(), without assignments: each channel goes to a bus of its own, opened with the
  /// first message.
  void open_each(Open open) { open_each_ = std::move(open); }

  /// The bus for a channel of the log; null: the channel is not assigned. `channel` is set to
  /// the bus's channel if it is assigned. Throws errors of opening.
  Bus* find(Channel& channel);

  /// Calls Bus::flush() of all buses.
  void flush();

  /// The notices of the buses since the last call: see Bus::drain_notices().
  std::vector<std::string> drain_notices();

  /// Closes the buses. Nothing may be called afterwards.
  void close() { buses_.clear(); }

 private:
  struct Assignment {
    std::string from, to;
    Bus* bus = nullptr;
  };
  struct Target {
    Bus* bus = nullptr;
    Channel channel;
  };

  Bus& bus_named(const std::string& name, const Open& open);
  Target look_up(Channel channel);

  std::vector<Assignment> assigned_;
  Open open_each_;
  std::map<std::string, std::unique_ptr<Bus>> buses_;  // by channel; "": the only one
  ChannelTable<std::optional<Target>> known_;
};

}  // namespace can
