// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/filter.h"
#include "libcan/model/option.h"

namespace can {

/// How to open a bus.
struct BusConfig {
  std::string interface;
  std::string channel;
  std::optional<bool> fd;          ///< CAN FD frames; unset: as the interface has it by default
  std::uint32_t bitrate = 0;       ///< bit/s, nominal phase; 0: leave as it is
  std::uint32_t data_bitrate = 0;  ///< bit/s, data phase; 0: leave as it is
  bool receive_own_messages = false;
  Filters filters;
  OptionValues options{};  ///< of the interface; one that it doesn't declare is an error
};

/// One setting and who set it: "command line", "CAN_CHANNEL", "/etc/can.conf:3".
struct Setting {
  std::string value;
  std::string origin;
};

/// Settings by name: interface, channel, bitrate, data_bitrate, fd, receive_own_messages; any other
/// key is an option for the driver.
using Settings = std::map<std::string, Setting>;

/// What the configuration files say: section [default], overridden by [section]. Later files
/// override earlier ones: /etc/can.conf, ~/.can, ~/.canrc. A file that isn't there is skipped; one
/// that can't be read throws Errc::io. Throws Errc::corrupt with file and line for what isn't a
/// section, a comment or "key = value".
///
///   [default]
///   interface = udp_multicast
///   channel = 239.74.163.2
///
/// Source: python-can's manual, chapter Configuration.
Settings load_config_files(const std::vector<std::string>& paths, std::string_view section);

/// /etc/can.conf, then .can and .canrc in $HOME, or in the home folder of the password database.
std::vector<std::string> default_config_files();

/// CAN_CONFIG (a JSON object), then CAN_INTERFACE, CAN_CHANNEL, CAN_BITRATE. With a `section` the
/// variables with _SECTION behind their name come first. Throws Errc::invalid.
Settings load_environment(std::string_view section);

/// `first` wins over `second`.
Settings merge(Settings first, const Settings& second);

/// The settings that are no driver's option.
std::span<const std::string_view> common_settings();

/// What is set, as a BusConfig. Throws Errc::invalid with the origin of what can't be understood.
BusConfig to_bus_config(const Settings& settings);

/// "1", "true", "yes", "on" and their opposites, in any case. Empty optional for anything else.
std::optional<bool> parse_bool(std::string_view text);

}  // namespace can
