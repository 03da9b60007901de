// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "cansuite/bus.h"
#include "cansuite/config.h"

namespace can::cli {

/// The command line's bus: -i, -c, -b, --fd, -o, merged with environment and configuration files.
class BusOptions {
 public:
  enum class Filtering { no, yes };
  enum class Buses { one, many };

  /// Adds the options to the help groups "Bus" and, for --show-config and --list-interfaces,
  /// "Lists".
  BusOptions(Program& program, Filtering filtering, Buses buses = Buses::one);

  /// One configuration for each -c and --bus, or one without them. The command line wins over the
  /// environment, the environment over the files. Throws Errc::invalid without an interface.
  std::vector<BusConfig> configs() const;
  BusConfig config() const { return configs().front(); }

  /// The configuration of the bus NAME:CHANNEL[,KEY=VALUE...]; nothing of the others' is used.
  /// Throws Errc::invalid.
  BusConfig named(const std::string& bus) const;

  /// Whether -c or --bus was given.
  bool names_channel() const { return !channels_.empty() || !buses_.empty(); }
  /// Adds a channel given as the first argument, as in can-utils, instead of by -c.
  void set_channel(const std::string& channel) { channels_.push_back(channel); }
  /// Sets the interface for a bus that is configured without one.
  void set_default_interface(const std::string& interface) { default_interface_ = interface; }

  /// Sets the value of the interface's option with that role, unless it is configured.
  void set_default(OptionRole role, const std::string& value) { defaults_[role] = value; }

  /// Opens all configured buses as one.
  std::unique_ptr<Bus> open() const;
  /// Opens the bus of that channel, otherwise as configured.
  std::unique_ptr<Bus> open(const std::string& channel) const;

 private:
  Settings command_line() const;
  Settings all() const;
  BusConfig to_config(Settings settings) const;
  void add_defaults(BusConfig& config) const;
  void show(bool json) const;

  const Program& program_;
  mutable bool told_ = false;  // unknown settings have been reported
  std::string interface_, bitrate_, data_bitrate_, section_, default_interface_;
  std::map<OptionRole, std::string> defaults_;
  bool fd_ = false;
  std::vector<std::string> channels_, buses_, options_, filters_;
};

/// Prints the bus's notices since the last call on stderr, unless quiet.
void print_notices(const Program& program, Bus& bus);

}  // namespace can::cli
