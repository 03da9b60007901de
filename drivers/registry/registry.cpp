// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "cansuite/interfaces.h"
#include "libcan/flow/bus_group.h"
#include "libcan/model/fail.h"

namespace can {

namespace drivers {
#define DRIVER(name) extern const Driver name;
#include "drivers/registry/drivers.def"
#undef DRIVER
}  // namespace drivers

namespace {

constexpr const Driver* kDrivers[] = {
#define DRIVER(name) &drivers::name,
#include "drivers/registry/drivers.def"
#undef DRIVER
};

}  // namespace

std::span<const Driver* const> all_drivers() { return kDrivers; }

const Driver* find_driver(std::string_view name) {
  for (const Driver* driver : kDrivers)
    if (driver->name == name || std::ranges::find(driver->aliases, name) != driver->aliases.end())
      return driver;
  return nullptr;
}

std::unique_ptr<Bus> open_bus(const BusConfig& config) {
  const Driver* driver = find_driver(config.interface);
  if (!driver) {
    std::vector<std::string_view> names;
    for (const Driver* each : kDrivers) names.push_back(each->name);
    const std::string hint = did_you_mean(config.interface, names);
    fail(Errc::invalid, "no interface {}{}", quote(config.interface),
         hint.empty() ? "; --list-interfaces shows them" : hint);
  }
  check_options(config.options, driver->options, name_of(config));
  if (driver->channel_number)
    number_channel(config.channel, driver->channel_number(config.channel));
  auto bus = driver->open(config);
  bus->set_filters(config.filters);
  return bus;
}

std::unique_ptr<Bus> open_buses(std::span<const BusConfig> configs) {
  if (configs.size() == 1) return open_bus(configs.front());
  std::vector<BusGroup::Member> members;
  for (const BusConfig& config : configs)
    members.push_back({.bus = open_bus(config), .channel = Channel(config.channel)});
  return std::make_unique<BusGroup>(std::move(members));
}

}  // namespace can
