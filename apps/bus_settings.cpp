// SPDX-License-Identifier: MIT
#include "apps/bus_settings.h"

#include <algorithm>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"

namespace can::cli {

Setting given(std::string_view value) { return {std::string(value), "command line", true}; }

void set_option(Settings& settings, std::string_view where, std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == text.npos || sign == 0)
    fail(Errc::invalid, "{}: expected KEY=VALUE, got {}", where, quote(text));
  settings[std::string(text.substr(0, sign))] = given(text.substr(sign + 1));
}

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

bool has_channel(std::string_view interface, const std::string& channel) try {
  const Driver* driver = find_driver(interface);
  if (!driver || !driver->detect || channel.empty()) return false;
  return channel == driver->all_channels ||
         std::ranges::any_of(driver->detect(), [&](auto& each) { return each.channel == channel; });
} catch (const Error&) {
  return false;  // such as a kernel without CAN
}

bool is_setting(const std::string& name) { return unknown_settings({{name, {}}}).empty(); }

void set_by_role(BusConfig& config, OptionRole role, const std::string& value,
                 std::string_view what) {
  const Driver* driver = find_driver(config.interface);
  if (!driver) return;  // open_bus() says that there is none
  for (const Option& option : driver->options)
    if (option.role == role) {
      config.options[std::string(option.name)] = value == "true"    ? option.yes
                                                 : value == "false" ? option.no
                                                                    : value;
      return;
    }
  fail(Errc::invalid, "interface '{}' has no option for {}", driver->name, what);
}

bool has_several_channels(std::span<const BusConfig> configs) {
  if (configs.size() != 1) return true;
  const Driver* driver = find_driver(configs[0].interface);
  return driver && !driver->all_channels.empty() &&
         (configs[0].channel.empty() || configs[0].channel == driver->all_channels);
}

}  // namespace can::cli
