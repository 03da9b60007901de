// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>

#include "cansuite/config.h"
#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

bool takes(const Driver& driver, std::string_view option, std::string_view channel) {
  return std::ranges::find(driver.options, option, &Option::name) != driver.options.end() &&
         (!driver.has_effect || driver.has_effect(option, channel));
}

std::vector<std::string_view> known_settings() {
  std::vector<std::string_view> known(common_settings().begin(), common_settings().end());
  for (const Driver* driver : all_drivers())
    for (const Option& option : driver->options) known.push_back(option.name);
  return known;
}

}  // namespace

Settings load_settings(const Settings& first, std::string_view section) {
  return merge(merge(first, load_environment(section)),
               load_config_files(default_config_files(), section));
}

std::vector<std::string> unknown_settings(const Settings& settings) {
  const std::vector<std::string_view> known = known_settings();
  std::vector<std::string> unknown;
  for (const auto& [key, setting] : settings)
    if (!setting.given && std::ranges::find(known, key) == known.end())
      unknown.push_back(fmt::format("{}: unknown setting {}{}", setting.origin, quote(key),
                                    did_you_mean(key, known)));
  return unknown;
}

BusConfig bus_config(const Settings& settings) {
  BusConfig config = to_bus_config(settings);
  if (const Driver* driver = find_driver(config.interface))
    std::erase_if(config.options, [&](const auto& option) {
      return !settings.at(option.first).given && !takes(*driver, option.first, config.channel);
    });
  return config;
}

BusConfig load_config(const Settings& first, const std::string& path) {
  Settings given = first;
  for (auto& [key, setting] : given) setting.given = true;
  if (!path.empty() && !std::filesystem::exists(path))
    fail(Errc::not_found, "{}: no such file", path);
  BusConfig config =
      bus_config(path.empty() ? load_settings(given) : merge(given, load_config_files({path}, "")));
  if (config.interface.empty())
    fail(Errc::invalid, "no interface: neither the environment nor a configuration file names one");
  return config;
}

}  // namespace can
