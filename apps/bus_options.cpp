// SPDX-License-Identifier: MIT
#include "apps/bus_options.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "apps/bus_settings.h"
#include "apps/json_text.h"
#include "apps/lists.h"
#include "apps/values.h"
#include "cansuite/config.h"
#include "cansuite/interfaces.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

constexpr std::string_view kOfCanUtils = "socketcan";  // the interface of can-utils' programs

/// Whether all error frames pass.
bool is_whole(std::uint32_t error_mask) { return error_mask == kExtendedIdMask; }

}  // namespace

BusOptions::BusOptions(Program& program, Filtering filtering, Buses buses) : program_(program) {
  add_options(program.app(), filtering, buses);
  program.on_unknown([this](const std::string& name, const std::string& value) {
    return take_unknown(name, value);
  });
  program.add_list("--list-interfaces", "Show the interfaces and their settings", list_interfaces);
  program.add_list("--show-config", "Show the settings and where they come from",
                   [this](ListStyle style) { show(style.json); });
}

void BusOptions::add_options(CLI::App& app, Filtering filtering, Buses buses) {
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
  app.add_option_function<std::vector<std::string>>(
         "--bus-kwargs",
         [this](const std::vector<std::string>& all) {
           more_options_.insert(more_options_.end(), all.begin(), all.end());
         },
         "Several settings, as in python-can")
      ->type_name("KEY=VALUE...")
      ->expected(1, -1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("Bus");
  add("--config-section", section_, "NAME", "Section of the configuration files to use");
}

/// As in python-can, --port=5000 is -o port=5000.
bool BusOptions::take_unknown(const std::string& name, const std::string& value) {
  std::string key = name;
  std::replace(key.begin(), key.end(), '-', '_');
  if (!is_setting(key)) return false;
  more_options_.push_back(key + "=" + value);
  return true;
}

void BusOptions::require(OptionRole role, std::string value, std::string_view why) {
  required_[role] = std::move(value);
  reasons_[role] = why;
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
  for (const std::string& option : more_options_) set_option(settings, "--bus-kwargs", option);
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
  const auto channel = settings.find("channel");
  if (!settings.contains("interface") && channel != settings.end() &&
      has_channel(kOfCanUtils, channel->second.value))
    settings["interface"] = {std::string(kOfCanUtils), "default"};
  BusConfig config = bus_config(settings);
  if (config.interface.empty())
    fail(Errc::invalid,
         "no interface; give -i NAME (such as -i udp_multicast), CAN_INTERFACE or a configuration "
         "file");
  add_defaults(config);
  config.filters = parse_filters(filters_);
  return config;
}

/// Settings of a file or the environment are for the interface that is configured there.
void BusOptions::choose_interface(Settings& settings, const std::string& channel) const {
  const auto configured = settings.find("interface");
  const bool none = configured == settings.end();
  if (!none && (configured->second.given || configured->second.value == kOfCanUtils)) return;
  if (!none && !has_channel(kOfCanUtils, channel)) return;
  if (!none) {
    program_.say_verbose(fmt::format("{} is a CAN interface: using {}, not {} ({})", channel,
                                     kOfCanUtils, configured->second.value,
                                     configured->second.origin));
    std::erase_if(settings, [](const auto& setting) { return !setting.second.given; });
  }
  settings["interface"] = {std::string(kOfCanUtils), "default"};
}

BusConfig BusOptions::to_config(const FilteredChannel& argument, const Settings& common) const {
  Settings settings = merge({{"channel", given(argument.channel)}}, common);
  choose_interface(settings, argument.channel);
  BusConfig config = to_config(settings);
  config.filters.insert(config.filters.end(), argument.filters.begin(), argument.filters.end());
  if (argument.error_mask && !is_whole(*argument.error_mask))
    set_by_role(config, OptionRole::error_mask, std::to_string(*argument.error_mask),
                "an error mask");
  return config;
}

void BusOptions::add_defaults(BusConfig& config) const {
  const Driver* driver = find_driver(config.interface);
  if (!driver) return;
  for (const Option& option : driver->options)
    if (const auto found = defaults_.find(option.role); found != defaults_.end())
      config.options.emplace(option.name, found->second);
  for (const auto& [role, value] : required_) set_by_role(config, role, value, reasons_.at(role));
}

std::vector<BusConfig> BusOptions::configs() const {
  const Settings common = all();
  std::vector<BusConfig> configs;
  for (const std::string& channel : channels_)
    configs.push_back(to_config(merge({{"channel", given(channel)}}, common)));
  for (const FilteredChannel& argument : arguments_) configs.push_back(to_config(argument, common));
  for (const std::string& bus : buses_)
    configs.push_back(to_config(merge(settings_of(bus), common)));
  if (configs.empty()) configs.push_back(to_config(common));
  return configs;
}

BusConfig BusOptions::named(const std::string& bus) const { return to_config(settings_of(bus)); }

std::unique_ptr<Bus> BusOptions::open() const { return open_buses(configs()); }

bool BusOptions::configured() const {
  const Settings settings = all();
  return settings.contains("interface") || settings.contains("channel");
}

std::unique_ptr<Bus> BusOptions::open_of_kernel(const std::string& channel) const {
  if (!has_channel(kOfCanUtils, channel))
    fail(
        Errc::invalid,
        "the log's channel {} is no CAN interface of this machine, and no other bus is configured; "
        "give -i NAME (such as -i udp_multicast), CAN_INTERFACE or a configuration file",
        quote(channel));
  return open(channel);
}

std::unique_ptr<Bus> BusOptions::open(const std::string& channel) const {
  return open_bus(to_config({.channel = channel}, all()));
}

void BusOptions::show(bool json) const {
  std::FILE* const output = standard_output_stream();
  if (json) {
    JsonText text;
    for (const auto& [key, setting] : all())
      text.add_raw(key,
                   JsonText().add("value", setting.value).add("origin", setting.origin).object());
    std::fprintf(output, "%s\n", text.object().c_str());
    return;
  }
  std::fprintf(output, "Files, later ones override earlier ones:\n");
  for (const std::string& path : default_config_files())
    std::fprintf(output, "  %s\n", escaped(path).c_str());
  std::fprintf(output, "Settings:\n");
  for (const auto& [key, setting] : all())
    std::fprintf(output, "  %s = %s  (%s)\n", escaped(key).c_str(), escaped(setting.value).c_str(),
                 escaped(setting.origin).c_str());
}

void print_notices(const Program& program, Bus& bus) {
  for (const std::string& notice : bus.drain_notices()) program.say(notice);
}

}  // namespace can::cli
