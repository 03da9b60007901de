// SPDX-License-Identifier: MIT
#include "apps/bus_options.h"

#include <algorithm>
#include <cstdio>

#include "apps/lists.h"
#include "drivers/registry.h"
#include "libcan/error.h"

namespace can::cli {
namespace {

constexpr const char* kCommandLine = "command line";

bool knows(const Driver& driver, const std::string& option) {
  return std::ranges::find(driver.options, option, &DriverOption::name) != driver.options.end();
}

/// A configuration file may serve several interfaces: what this one's driver doesn't know, and the
/// user didn't ask for just now, is meant for another.
void drop_foreign_options(BusConfig& config, const Settings& settings) {
  const Driver* driver = find_driver(config.interface);
  if (!driver) return;
  std::erase_if(config.options, [&](const auto& option) {
    return settings.at(option.first).origin != kCommandLine && !knows(*driver, option.first);
  });
}

void add_known_options(BusConfig& config, const std::map<std::string, std::string>& options) {
  const Driver* driver = find_driver(config.interface);
  for (const auto& [key, value] : options)
    if (driver && knows(*driver, key)) config.options.try_emplace(key, value);
}

}  // namespace

BusOptions::BusOptions(Program& program, Filtering filtering) {
  CLI::App& app = program.app();
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Bus");
  };
  add("-i,--interface", interface_, "NAME", "Kind of interface, see --list-interfaces");
  add("-c,--channel", channel_, "NAME", "Channel of it: can0, a multicast group, ...");
  add("-b,--bitrate", bitrate_, "N", "Bit rate in bit/s");
  add("--data-bitrate", data_bitrate_, "N", "Bit rate of CAN FD's data phase in bit/s");
  app.add_flag("--fd", fd_, "Use CAN FD")->group("Bus");
  if (filtering == Filtering::yes)
    add("--filter", filters_, "F,F...", "Only ids that match ID:MASK or not ID~MASK")
        ->expected(1, -1);
  add("-o,--option", options_, "KEY=VALUE", "Setting of the interface; may be repeated")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add("--config-section", section_, "NAME", "Section of the configuration files to use");
  add_action(app, "--list-interfaces", "Show the interfaces and their settings",
             [] { list_interfaces(); });
  add_action(app, "--show-config", "Show the settings and where they come from",
             [this] { show(); });
}

Settings BusOptions::command_line() const {
  Settings settings;
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) settings[key] = {value, kCommandLine};
  };
  set("interface", interface_);
  set("channel", channel_);
  set("bitrate", bitrate_);
  set("data_bitrate", data_bitrate_);
  if (fd_) set("fd", "true");
  for (const std::string& option : options_) {
    const std::size_t sign = option.find('=');
    if (sign == option.npos || sign == 0)
      fail(Errc::invalid, "-o: expected KEY=VALUE, got {}", quote(option));
    settings[option.substr(0, sign)] = {option.substr(sign + 1), kCommandLine};
  }
  return settings;
}

Settings BusOptions::all() const {
  return merge(merge(command_line(), load_environment(section_)),
               load_config_files(default_config_files(), section_));
}

BusConfig BusOptions::config() const {
  const Settings settings = all();
  BusConfig config = to_bus_config(settings);
  if (config.interface.empty()) config.interface = default_interface_;
  if (config.interface.empty())
    fail(Errc::invalid,
         "no interface; give -i NAME (such as -i udp_multicast), CAN_INTERFACE or a configuration "
         "file");
  drop_foreign_options(config, settings);
  add_known_options(config, default_options_);
  config.filters = parse_filters(filters_);
  return config;
}

void BusOptions::set_channel(const std::string& channel) {
  if (channel_.empty()) channel_ = channel;
}

std::unique_ptr<Bus> BusOptions::open() const { return open_bus(config()); }

void BusOptions::show() const {
  std::printf("Files, later ones win:\n");
  for (const std::string& path : default_config_files()) std::printf("  %s\n", path.c_str());
  std::printf("Settings:\n");
  for (const auto& [key, setting] : all())
    std::printf("  %s = %s  (%s)\n", key.c_str(), setting.value.c_str(), setting.origin.c_str());
}

}  // namespace can::cli
