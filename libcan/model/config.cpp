// SPDX-License-Identifier: MIT
#include "cansuite/config.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/json.h"

namespace can {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

// "bustype" is python-can's older name of the interface. Files with either are in use.
std::string canonical_key(std::string_view key) {
  return key == "bustype" ? "interface" : std::string(key);
}

constexpr std::pair<const char*, const char*> kVariables[] = {
    {"interface", "CAN_INTERFACE"}, {"channel", "CAN_CHANNEL"}, {"bitrate", "CAN_BITRATE"}};

using Sections = std::map<std::string, Settings>;

/// False for a missing file, and for one in a folder that this user may not enter: a service may
/// run with the $HOME of another user.
bool open_file(const std::string& path, std::ifstream& file) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) fail_errno(path, EISDIR);
  if (error == std::errc::permission_denied) return false;
  errno = 0;
  file.open(path);
  if (file) return true;
  if (errno != ENOENT && errno != ENOTDIR) fail_errno(path, errno);
  return false;
}

/// The line without the byte order mark that some editors write.
std::string_view without_mark(std::string_view first_line, const std::string& path) {
  constexpr std::string_view kUtf8 = "\xEF\xBB\xBF", kUtf16[] = {"\xFF\xFE", "\xFE\xFF"};
  for (const std::string_view mark : kUtf16)
    if (first_line.starts_with(mark))
      fail(Errc::corrupt, "{}: expected UTF-8, got UTF-16; save it as UTF-8", path);
  return first_line.substr(first_line.starts_with(kUtf8) ? kUtf8.size() : 0);
}

void load_file(const std::string& path, Sections& sections) {
  std::ifstream file;
  if (!open_file(path, file)) return;
  std::string section, line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trim(number == 1 ? without_mark(line, path) : line);
    const std::string where = fmt::format("{}:{}", path, number);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (text[0] == '[') {
      if (text.back() != ']') fail(Errc::corrupt, "{}: expected ']' at the end", where);
      section = trim(text.substr(1, text.size() - 2));
      continue;
    }
    const std::size_t sign = text.find_first_of("=:");
    if (sign == 0 || sign == text.npos || section.empty())
      fail(Errc::corrupt, "{}: expected {}, got {}", where,
           section.empty() ? "a section such as [default]" : "key = value", quote(text));
    sections[section][canonical_key(trim(text.substr(0, sign)))] = {
        std::string(trim(text.substr(sign + 1))), where};
  }
}

void add_json(const std::string& variable, Settings& settings) {
  const char* text = std::getenv(variable.c_str());
  if (text == nullptr || *text == '\0') return;
  try {
    JsonObject object(text);
    while (object.next())
      if (object.kind() != JsonObject::Kind::null)
        settings[canonical_key(object.key())] = {std::string(object.value()), variable};
  } catch (const Error& error) {
    fail(Errc::invalid, "{}: {}", variable, error.what());
  }
}

/// $HOME, or the home folder of the password database; "" without either. A service has no $HOME.
std::string home_folder() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
  passwd entry{}, *found = nullptr;
  char room[4096];
  if (::getpwuid_r(::getuid(), &entry, room, sizeof room, &found) != 0 || found == nullptr)
    return {};
  return found->pw_dir;
}

std::uint32_t to_rate(const std::string& key, const Setting& setting) {
  const auto value = parse_integer(setting.value);
  if (!value || *value < 0 || *value > 100'000'000)
    fail(Errc::invalid, "{}: {}: expected a rate in bit/s, got {}", setting.origin, key,
         quote(setting.value));
  return static_cast<std::uint32_t>(*value);
}

bool to_bool(const std::string& key, const Setting& setting) {
  if (const auto value = parse_bool(setting.value)) return *value;
  fail(Errc::invalid, "{}: {}: expected true or false, got {}", setting.origin, key,
       quote(setting.value));
}

}  // namespace

Settings load_config_files(const std::vector<std::string>& paths, std::string_view section) {
  Sections sections;
  for (const std::string& path : paths) load_file(path, sections);
  if (!section.empty() && !sections.contains(std::string(section))) {
    std::vector<std::string_view> known;
    for (const auto& [name, settings] : sections) known.push_back(name);
    fail(Errc::not_found, "no section [{}] in any configuration file{}", escaped(section),
         escaped(did_you_mean(section, known)));
  }
  // [DEFAULT] is inherited by all sections in Python's configparser.
  Settings all = merge(sections["default"], sections["DEFAULT"]);
  return section.empty() ? all : merge(sections[std::string(section)], all);
}

std::vector<std::string> default_config_files() {
#ifdef _WIN32
  std::vector<std::string> paths = {"can.ini"};
  if (const char* folder = std::getenv("APPDATA"))
    paths.push_back(folder + std::string("/can.ini"));
  return paths;
#else
  std::vector<std::string> paths = {"/etc/can.conf"};
  if (const std::string home = home_folder(); !home.empty())
    for (const char* name : {"/.can", "/.canrc"}) paths.push_back(home + name);
  return paths;
#endif
}

Settings load_environment(std::string_view section) {
  Settings settings;
  std::vector<std::string> suffixes = {""};
  if (!section.empty()) suffixes.push_back(fmt::format("_{}", section));
  for (const std::string& suffix : suffixes) {
    add_json("CAN_CONFIG" + suffix, settings);
    for (const auto& [key, name] : kVariables) {
      const std::string variable = name + suffix;
      const char* value = std::getenv(variable.c_str());
      if (value != nullptr && *value != '\0') settings[key] = {value, variable};
    }
  }
  return settings;
}

Settings merge(Settings first, const Settings& second) {
  first.insert(second.begin(), second.end());
  return first;
}

std::span<const std::string_view> common_settings() {
  static constexpr std::string_view kNames[] = {"interface",    "channel", "bitrate",
                                                "data_bitrate", "fd",      "receive_own_messages"};
  return kNames;
}

std::string name_of(const BusConfig& config) {
  return config.interface + (config.channel.empty() ? "" : " ") + config.channel;
}

BusConfig to_bus_config(const Settings& settings) {
  BusConfig config;
  for (const auto& [key, setting] : settings) {
    if (key == "interface")
      config.interface = setting.value;
    else if (key == "channel")
      config.channel = setting.value;
    else if (key == "bitrate")
      config.bitrate = to_rate(key, setting);
    else if (key == "data_bitrate")
      config.data_bitrate = to_rate(key, setting);
    else if (key == "fd")
      config.fd = to_bool(key, setting);
    else if (key == "receive_own_messages")
      config.receive_own_messages = to_bool(key, setting);
    else
      config.options[key] = setting.value;
  }
  return config;
}

std::optional<bool> parse_bool(std::string_view text) {
  for (const char* yes : {"1", "true", "yes", "on"})
    if (same_word(text, yes)) return true;
  for (const char* no : {"0", "false", "no", "off"})
    if (same_word(text, no)) return false;
  return std::nullopt;
}

}  // namespace can
