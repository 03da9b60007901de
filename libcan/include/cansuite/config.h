// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/filter.h"
#include "cansuite/option.h"

namespace can {

/// The settings of a bus that is opened.
struct BusConfig {
  std::string interface {};           ///< name of the driver: "socketcan"
  std::string channel{};              ///< as the driver spells it: "can0"; "": the driver's default
  std::optional<bool> fd{};           ///< CAN FD frames; unset: the default of the interface
  std::uint32_t bitrate = 0;          ///< bit/s, nominal phase; 0: unchanged
  std::uint32_t data_bitrate = 0;     ///< bit/s, data phase; 0: unchanged
  bool receive_own_messages = false;  ///< receive() returns the messages sent, too
  Filters filters{};                  ///< receive() returns what passes; none: everything
  OptionValues options{};             ///< of the interface, which refuses undeclared ones
};

/// Interface and channel, for an error text: "udp_multicast 239.74.163.2".
std::string name_of(const BusConfig& config);

/// One setting.
struct Setting {
  std::string value;   ///< as the user wrote it
  std::string origin;  ///< "command line", "CAN_CHANNEL", "/etc/can.conf:3"
  bool given = false;  ///< by the user for this bus; a file may serve several interfaces
};

/// Settings by name: interface, channel, bitrate, data_bitrate, fd, receive_own_messages. Any other
/// key is an option of the driver.
using Settings = std::map<std::string, Setting>;

/// The settings of configuration files: section [default], overridden by [section]. Later files
/// override earlier ones. A missing file is skipped. Throws Errc::io for a file that can't be read,
/// Errc::corrupt with file and line for a line that is neither a section, a comment nor "key =
/// value", and Errc::not_found where no file has the section.
///
///   [default]
///   interface = udp_multicast
///   channel = 239.74.163.2
///
/// Source: python-can's manual, chapter Configuration.
Settings load_config_files(const std::vector<std::string>& paths, std::string_view section);

/// /etc/can.conf, then .can and .canrc in $HOME, or in the home folder of the password database; on
/// Windows can.ini in the current folder, then in %APPDATA%.
std::vector<std::string> default_config_files();

/// The settings of the environment: CAN_CONFIG (a JSON object), then CAN_INTERFACE, CAN_CHANNEL and
/// CAN_BITRATE, which override it. With a `section`, the same variables with _SECTION appended
/// override these. Throws Errc::invalid.
Settings load_environment(std::string_view section);

/// All settings of both; those of `first` override.
Settings merge(Settings first, const Settings& second);

/// The names of the settings that are no option of a driver.
std::span<const std::string_view> common_settings();

/// The settings as a BusConfig. Throws Errc::invalid with the origin of a bad value.
BusConfig to_bus_config(const Settings& settings);

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

/// bus_config(load_settings()), as in the programs; `path`: this file alone, instead of the
/// environment and the usual files. All of `first` counts as given. Throws Errc::invalid without an
/// interface, Errc::not_found for a missing file `path`. Source: python-can's manual, chapter
/// Utilities, load_config().
BusConfig load_config(const Settings& first = {}, const std::string& path = {});

/// "1", "true", "yes", "on" and "0", "false", "no", "off", in any case; else empty.
std::optional<bool> parse_bool(std::string_view text);

}  // namespace can
