// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "cansuite/interfaces.h"
#include "libcan/flow/bus_group.h"
#include "libcan/model/fail.h"
#include "libcan/model/tell.h"
#include "libcan/platform/vendor_library.h"

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

std::vector<const Driver*>& known_drivers() {
  static std::vector<const Driver*> known(std::begin(kDrivers), std::end(kDrivers));
  return known;
}

}  // namespace

std::span<const Driver* const> all_drivers() { return known_drivers(); }

void register_interface(const Driver& driver) {
  std::vector<std::string_view> names(driver.aliases.begin(), driver.aliases.end());
  names.push_back(driver.name);
  for (const std::string_view name : names)
    if (find_driver(name)) fail(Errc::invalid, "interface {} exists", quote(name));
  known_drivers().push_back(&driver);
}

const Driver* find_driver(std::string_view name) {
  for (const Driver* driver : all_drivers())
    if (driver->name == name || std::ranges::find(driver->aliases, name) != driver->aliases.end())
      return driver;
  return nullptr;
}

std::string_view name_of(Availability availability) {
  constexpr std::string_view kNames[] = {"available", "library missing", "no device",
                                         "other system only"};
  return kNames[static_cast<std::size_t>(availability)];
}

InterfaceState examine(const Driver& driver) {
  InterfaceState state;
  if (driver.library) try {
      state.library = VendorLibrary(*driver.library).file();
    } catch (const Error& error) {
      state.library = error.what();
      state.availability =
          driver.library->other_system ? Availability::other_system : Availability::library_missing;
      return state;
    }
  if (!driver.detect) return state;
  try {
    state.channels = driver.detect();
  } catch (const Error&) {  // nor can it be opened
  }
  if (state.channels.empty()) state.availability = Availability::no_device;
  return state;
}

std::unique_ptr<Bus> open_bus(const BusConfig& config) {
  const Driver* driver = find_driver(config.interface);
  if (!driver) {
    std::vector<std::string_view> names;
    for (const Driver* each : all_drivers()) names.push_back(each->name);
    const std::string hint = did_you_mean(config.interface, names);
    fail(Errc::invalid, "no interface {}{}", quote(config.interface),
         hint.empty() ? "; --list-interfaces shows them" : hint);
  }
  check_options(config.options, driver->options, name_of(config));
  if (driver->channel_number)
    number_channel(config.channel, driver->channel_number(config.channel));
  auto bus = driver->open(config);
  bus->set_filters(config.filters);
  if (tells(LogLevel::info))
    tell(LogLevel::info, fmt::format("opened {}: {}", bus->name(), bus->details()));
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
