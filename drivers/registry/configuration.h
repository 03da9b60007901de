// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/bus.h"
#include "libcan/model/config.h"

namespace can {

/// The settings of `first`, of the environment and of the configuration files, each of which wins
/// over those behind it. Throws what load_environment() and load_config_files() throw.
Settings load_settings(const Settings& first = {}, std::string_view section = {});

/// A line for each setting that no interface has, but those that are given (Setting::given):
/// "/home/me/.canrc:3: unknown setting 'chanel'; did you mean 'channel'?"
std::vector<std::string> unknown_settings(const Settings& settings);

/// The bus that the settings describe. A file may serve several interfaces: a setting that the
/// interface doesn't declare is left out, unless it is given (Setting::given), which open_bus()
/// refuses. Throws what to_bus_config() throws.
BusConfig bus_config(const Settings& settings);

/// bus_config(load_settings()), as the programs do it; `path`: this file alone instead of the usual
/// ones. All of `first` counts as given. Throws Errc::invalid where nobody names an interface,
/// Errc::not_found for a `path` that isn't there.
/// Source: python-can's manual, chapter Utilities, load_config().
BusConfig load_config(const Settings& first = {}, const std::string& path = {});

/// open_bus(load_config()).
std::unique_ptr<Bus> open_bus();

}  // namespace can
