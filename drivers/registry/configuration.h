// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/bus.h"
#include "libcan/model/config.h"

namespace can {

/// The settings of `first`, of the environment and of the configuration files; earlier ones
/// override later ones. Throws as load_environment() and load_config_files().
Settings load_settings(const Settings& first = {}, std::string_view section = {});

/// A line for each setting that no interface has, except given ones (Setting::given):
/// "/home/me/.canrc:3: unknown setting 'chanel'; did you mean 'channel'?"
std::vector<std::string> unknown_settings(const Settings& settings);

/// The configuration of a bus by the settings. A file may be for several interfaces: a setting that
/// the interface doesn't declare is ignored, unless it is given (Setting::given): open_bus()
/// refuses that. Throws as to_bus_config().
BusConfig bus_config(const Settings& settings);

/// bus_config(load_settings()), as in the programs; `path`: this file alone instead of the usual
/// files. All of `first` counts as given. Throws Errc::invalid without an interface,
/// Errc::not_found for a missing file `path`.
/// Source: python-can's manual, chapter Utilities, load_config().
BusConfig load_config(const Settings& first = {}, const std::string& path = {});

/// open_bus(load_config()).
std::unique_ptr<Bus> open_bus();

}  // namespace can
