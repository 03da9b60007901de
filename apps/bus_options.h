// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "libcan/bus.h"
#include "libcan/config.h"

namespace can::cli {

/// The options that say which bus: -i, -c, -b, --fd, -o and the configuration behind them.
class BusOptions {
 public:
  enum class Filtering { no, yes };

  /// Adds them under "Bus"; --show-config and --list-interfaces under "Lists".
  explicit BusOptions(Program& program, Filtering filtering);

  /// What the command line, the environment and the files say together, in this order. Throws
  /// Errc::invalid when no interface is set anywhere.
  BusConfig config() const;

  /// As can-utils have it: a channel as the first argument. Not over -c.
  void set_channel(const std::string& channel);
  /// An interface for when none is set anywhere.
  void set_default_interface(const std::string& interface) { default_interface_ = interface; }

  /// Where the interface knows the option and nobody else sets it.
  void set_default_option(const std::string& key, const std::string& value) {
    default_options_[key] = value;
  }

  std::unique_ptr<Bus> open() const;

 private:
  Settings command_line() const;
  Settings all() const;
  void show() const;

  std::string interface_, channel_, bitrate_, data_bitrate_, section_, default_interface_;
  std::map<std::string, std::string> default_options_;
  bool fd_ = false;
  std::vector<std::string> options_, filters_;
};

}  // namespace can::cli
