// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cansuite/config.h"

/// Settings of buses as the command line has them.
namespace can::cli {

/// A setting of the command line.
Setting given(std::string_view value);

/// Sets "key=value". `where` begins the error. Throws Errc::invalid.
void set_option(Settings& settings, std::string_view where, std::string_view text);

/// Reads "socketcan:can0,fd=true": the channel may have colons, but no commas. Throws
/// Errc::invalid.
Settings settings_of(std::string_view bus);

/// Whether that is the name of a setting of any interface.
bool is_setting(const std::string& name);

/// Whether the interface now has that channel.
bool has_channel(std::string_view interface, const std::string& channel);

/// Sets the interface's option with that role; "true" and "false" are put into its own words.
/// Throws Errc::invalid for an interface without one: "interface 'virtual' has no option for
/// <what>".
void set_by_role(BusConfig& config, OptionRole role, const std::string& value,
                 std::string_view what);

/// Whether the messages of these buses may have different channels.
bool has_several_channels(std::span<const BusConfig> configs);

}  // namespace can::cli
