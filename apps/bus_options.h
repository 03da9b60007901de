// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "cansuite/bus.h"
#include "cansuite/config.h"
#include "libcan/model/candump_argument.h"

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

  /// Whether anything says which interface or channel to use.
  bool configured() const;
  /// Whether -c or --bus was given.
  bool names_channel() const { return !channels_.empty() || !buses_.empty(); }
  /// Adds a channel given as an argument, as in can-utils, instead of by -c. Its interface is that
  /// of -i; else SocketCAN, if it is a CAN interface of the kernel or none is configured.
  void add_argument(FilteredChannel channel) { arguments_.push_back(std::move(channel)); }
  /// Whether add_argument() was called.
  bool has_arguments() const { return !arguments_.empty(); }

  /// Sets the value of the interface's option with that role, unless it is configured.
  void set_default(OptionRole role, const std::string& value) { defaults_[role] = value; }
  /// Sets the value of the interface's option with that role. configs() throws Errc::invalid for an
  /// interface without one: "interface 'virtual' has no option for --passive".
  void require(OptionRole role, std::string value, std::string_view why);

  /// Opens all configured buses as one.
  std::unique_ptr<Bus> open() const;
  /// The CAN interface of the kernel that has the name of a log's channel, where nothing is
  /// configured. Throws Errc::invalid.
  std::unique_ptr<Bus> open_of_kernel(const std::string& channel) const;
  /// Opens the bus of that channel, otherwise as configured; its interface is chosen as by
  /// add_argument().
  std::unique_ptr<Bus> open(const std::string& channel) const;

  /// The texts of --filter.
  std::vector<std::string>& filters() { return filters_; }

 private:
  void add_options(CLI::App& app, Filtering filtering, Buses buses);
  bool take_unknown(const std::string& name, const std::string& value);
  Settings command_line() const;
  Settings all() const;
  BusConfig to_config(Settings settings) const;
  BusConfig to_config(const FilteredChannel& argument, const Settings& common) const;
  void choose_interface(Settings& settings, const std::string& channel) const;
  void add_defaults(BusConfig& config) const;
  void show(bool json) const;

  const Program& program_;
  mutable bool told_ = false;  // unknown settings have been reported
  std::string interface_, bitrate_, data_bitrate_, section_;
  std::map<OptionRole, std::string> defaults_, required_;
  std::map<OptionRole, std::string_view> reasons_;  // of required_
  bool fd_ = false;
  std::vector<std::string> channels_, buses_, options_, filters_;
  std::vector<std::string> more_options_;  // those that are spelled as in python-can
  std::vector<FilteredChannel> arguments_;
};

/// Prints the bus's notices since the last call on stderr, unless quiet.
void print_notices(const Program& program, Bus& bus);

}  // namespace can::cli
