// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/bus_options.h"

namespace can::cli {

/// Which channel of a log goes to which bus. Without assignments all go to the configured one.
class Routes {
 public:
  /// `from`, a channel of the log, to the channel `to` of the interface. A number stands for the
  /// interface of that number, too: 1 is can0, as in all of cansuite.
  /// Throws Errc::invalid where `from` goes somewhere already.
  void assign(const std::string& from, const std::string& to);

  /// "can0=vcan0", in the order of --map. Throws Errc::invalid.
  void assign(const std::string& text);

  /// Opens the buses. Throws what opening throws; Errc::invalid where both a bus is named and
  /// channels are assigned.
  void open(const BusOptions& options);

  /// The bus for a channel of the log; null: it goes nowhere. `channel` becomes the bus's own where
  /// it was assigned.
  Bus* find(Channel& channel);

  /// Bus::flush() of all of them.
  void flush();

  /// What happened to the buses: see tell_notes().
  void tell_notes(const Program& program);

  /// Closes the buses. Nothing else may be called then.
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

  Target look_up(Channel channel) const;

  std::vector<Assignment> assigned_;
  std::map<std::string, std::unique_ptr<Bus>> buses_;  // by channel; "": the configured one
  ChannelTable<std::optional<Target>> known_;
};

}  // namespace can::cli
