// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "libcan/model/bus.h"
#include "libcan/model/config.h"

namespace can::cli {

/// The options that say which bus: -i, -c, -b, --fd, -o and the configuration behind them.
class BusOptions {
 public:
  enum class Filtering { no, yes };
  enum class Buses { one, many };

  /// Adds them under "Bus"; --show-config and --list-interfaces under "Lists".
  BusOptions(Program& program, Filtering filtering, Buses buses = Buses::one);

  /// What the command line, the environment and the files say together, in this order: one bus, or
  /// each of several -c or --bus. Throws Errc::invalid when no interface is set anywhere.
  std::vector<BusConfig> configs() const;
  BusConfig config() const { return configs().front(); }

  /// -c or --bus was given.
  bool names_channel() const { return !channels_.empty() || !buses_.empty(); }
  /// As can-utils have it: a channel as the first argument, where -c wasn't given.
  void set_channel(const std::string& channel) { channels_.push_back(channel); }
  /// An interface for when none is set anywhere.
  void set_default_interface(const std::string& interface) { default_interface_ = interface; }

  /// A value for the interface's option of that role, where nobody else sets the option.
  void set_default(OptionRole role, const std::string& value) { defaults_[role] = value; }

  /// All of them as one.
  std::unique_ptr<Bus> open() const;
  /// The bus of that channel, otherwise as configured.
  std::unique_ptr<Bus> open(const std::string& channel) const;

 private:
  Settings command_line() const;
  Settings all() const;
  BusConfig to_config(const Settings& settings) const;
  void add_defaults(BusConfig& config) const;
  void show(bool json) const;

  const Program& program_;
  mutable bool told_ = false;  // of unknown settings
  std::string interface_, bitrate_, data_bitrate_, section_, default_interface_;
  std::map<OptionRole, std::string> defaults_;
  bool fd_ = false;
  std::vector<std::string> channels_, buses_, options_, filters_;
};

/// Says what happened to the bus since the last call, unless quiet.
void print_notices(const Program& program, Bus& bus);

}  // namespace can::cli
