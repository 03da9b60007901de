// SPDX-License-Identifier: MIT
#include "apps/bus_options.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "apps/json_text.h"
#include "apps/lists.h"
#include "apps/values.h"
#include "cansuite/config.h"
#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

Setting given(std::string_view value) { return {std::string(value), "command line", true}; }

/// "key=value"
void set_option(Settings& settings, std::string_view where, std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == text.npos || sign == 0)
    fail(Errc::invalid, "{}: expected KEY=VALUE, got {}", where, quote(text));
  settings[std::string(text.substr(0, sign))] = given(text.substr(sign + 1));
}

/// "socketcan:can0,fd=true": the channel may have colons, but no commas.
Settings settings_of(std::string_view bus) {
  const std::size_t colon = bus.find(':'), end = std::min(bus.find(','), bus.size());
  if (colon == 0 || colon >= end)
    fail(Errc::invalid, "--bus: expected INTERFACE:CHANNEL, got {}", quote(bus));
  Settings settings;
  settings["interface"] = given(bus.substr(0, colon));
  settings["channel"] = given(bus.substr(colon + 1, end - colon - 1));
  for (std::string_view rest = bus.substr(end); !rest.empty();) {
    rest.remove_prefix(1);
    const std::size_t comma = std::min(rest.find(','), rest.size());
    set_option(settings, "--bus", rest.substr(0, comma));
    rest = rest.substr(comma);
  }
  return settings;
}

}  // namespace

BusOptions::BusOptions(Program& program, Filtering filtering, Buses buses) : program_(program) {
  CLI::App& app = program.app();
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Bus");
  };
  add("-i,--interface", interface_, "NAME", "Kind of interface, see --list-interfaces");
  const auto repeat = [&](const char* names, auto& value, const char* metavar, const char* help) {
    add(names, value, metavar, help)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  if (buses == Buses::many) {
    repeat("-c,--channel", channels_, "NAME", "Channel of it; several are recorded together");
    repeat("--bus", buses_, "BUS", "A bus as NAME:CHANNEL[,KEY=VALUE...]; may be repeated");
  } else {
    add("-c,--channel", channels_, "NAME", "Channel of it: can0, a multicast group, ...")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  add("-b,--bitrate", bitrate_, "N", "Bit rate in bit/s")->transform(whole_number(1, 100'000'000));
  add("--data-bitrate", data_bitrate_, "N", "Bit rate of CAN FD's data phase in bit/s")
      ->transform(whole_number(1, 100'000'000));
  app.add_flag("--fd", fd_, "Use CAN FD")->group("Bus");
  if (filtering == Filtering::yes)
    add("--filter", filters_, "F,F...", "Only ID:MASK, not ID~MASK; standard; extended")
        ->expected(1, -1);
  repeat("-o,--option", options_, "KEY=VALUE", "Setting of the interface; may be repeated");
  add("--config-section", section_, "NAME", "Section of the configuration files to use");
  program.add_list("--list-interfaces", "Show the interfaces and their settings", list_interfaces);
  program.add_list("--show-config", "Show the settings and where they come from",
                   [this](bool json) { show(json); });
}

Settings BusOptions::command_line() const {
  Settings settings;
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) settings[key] = given(value);
  };
  set("interface", interface_);
  if (!channels_.empty()) set("channel", channels_.front());
  set("bitrate", bitrate_);
  set("data_bitrate", data_bitrate_);
  if (fd_) set("fd", "true");
  for (const std::string& option : options_) set_option(settings, "-o", option);
  return settings;
}

Settings BusOptions::all() const {
  Settings settings = load_settings(command_line(), section_);
  if (!std::exchange(told_, true))
    for (const std::string& unknown : unknown_settings(settings))
      program_.warn("warning: " + unknown);
  return settings;
}

BusConfig BusOptions::to_config(Settings settings) const {
  if (!default_interface_.empty())
    settings.try_emplace("interface", Setting{default_interface_, "default"});
  BusConfig config = bus_config(settings);
  if (config.interface.empty())
    fail(Errc::invalid,
         "no interface; give -i NAME (such as -i udp_multicast), CAN_INTERFACE or a configuration "
         "file");
  add_defaults(config);
  config.filters = parse_filters(filters_);
  return config;
}

void BusOptions::add_defaults(BusConfig& config) const {
  const Driver* driver = find_driver(config.interface);
  if (!driver) return;
  for (const Option& option : driver->options)
    if (const auto found = defaults_.find(option.role); found != defaults_.end())
      config.options.emplace(option.name, found->second);
}

std::vector<BusConfig> BusOptions::configs() const {
  const Settings common = all();
  std::vector<BusConfig> configs;
  for (const std::string& channel : channels_)
    configs.push_back(to_config(merge({{"channel", given(channel)}}, common)));
  for (const std::string& bus : buses_)
    configs.push_back(to_config(merge(settings_of(bus), common)));
  if (configs.empty()) configs.push_back(to_config(common));
  return configs;
}

BusConfig BusOptions::named(const std::string& bus) const { return to_config(settings_of(bus)); }

std::unique_ptr<Bus> BusOptions::open() const { return open_buses(configs()); }

std::unique_ptr<Bus> BusOptions::open(const std::string& channel) const {
  return open_bus(to_config(merge({{"channel", given(channel)}}, all())));
}

void BusOptions::show(bool json) const {
  if (json) {
    JsonText text;
    for (const auto& [key, setting] : all())
      text.add_raw(key,
                   JsonText().add("value", setting.value).add("origin", setting.origin).object());
    std::printf("%s\n", text.object().c_str());
    return;
  }
  std::printf("Files, later ones override earlier ones:\n");
  for (const std::string& path : default_config_files()) std::printf("  %s\n", path.c_str());
  std::printf("Settings:\n");
  for (const auto& [key, setting] : all())
    std::printf("  %s = %s  (%s)\n", key.c_str(), setting.value.c_str(), setting.origin.c_str());
}

void print_notices(const Program& program, Bus& bus) {
  for (const std::string& notice : bus.drain_notices()) program.say(notice);
}

}  // namespace can::cli
