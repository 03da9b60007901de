// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "cansuite/config.h"
#include "drivers/support/polled_bus.h"
#include "libcan/model/fail.h"

namespace can {

/// The configuration, with the channel `preset` where it names none.
inline BusConfig with_channel(BusConfig config, std::string_view preset) {
  if (config.channel.empty()) config.channel = preset;
  return config;
}

/// Driver::open of a vendor's interface: a bus of the class OpenedBus on a Device, which is made of
/// the Library in `library_file` ("": its usual names) and of what `make_config` makes of the
/// configuration.
template <class OpenedBus, class Device, class Library, class MakeConfig>
std::unique_ptr<Bus> open_polled(const BusConfig& bus, std::string_view library_file,
                                 MakeConfig make_config) try {
  const auto config = make_config(bus);
  const auto library = std::make_shared<const Library>(library_file);
  return std::make_unique<OpenedBus>(polled_bus_options(bus), [library, config] {
    return std::make_unique<Device>(library, config);
  });
} catch (const Error& error) {
  fail_at(name_of(bus), error);
}

}  // namespace can
