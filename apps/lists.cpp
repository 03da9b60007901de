// SPDX-License-Identifier: MIT
#include "apps/lists.h"

#include <cstdio>
#include <string>
#include <vector>

#include "apps/json_text.h"
#include "drivers/registry.h"
#include "formats/registry.h"
#include "libcan/duration.h"

namespace can::cli {
namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

Words kept_by(const Format& format) {
  const Keeps& keeps = format.keeps;
  Words all;
  const auto add = [&](bool kept, const char* name) {
    if (kept) all.emplace_back(name);
  };
  add(keeps.fd, "fd");
  add(keeps.remote, "remote");
  add(keeps.error, "error");
  add(keeps.error_detail, "error-detail");
  add(keeps.direction, "direction");
  add(keeps.raw_dlc, "raw-dlc");
  add(keeps.channel == KeepsChannel::number, "channel-number");
  add(keeps.channel == KeepsChannel::name, "channel-name");
  return all;
}

void print_json(const Words& objects) { std::printf("%s\n", json_array(objects).c_str()); }

std::string format_json(const Format& format) {
  return JsonText()
      .add("name", format.name)
      .add("title", format.title)
      .add("extensions", Words(format.extensions.begin(), format.extensions.end()))
      .add("reads", format.open != nullptr)
      .add("writes", format.create != nullptr)
      .add("appends", format.appends)
      .add("time_step_ns", format.keeps.step.count())
      .add("keeps", kept_by(format))
      .object();
}

std::string driver_json(const Driver& driver) {
  Words options;
  for (const DriverOption& option : driver.options) options.emplace_back(option.name);
  return JsonText()
      .add("name", driver.name)
      .add("title", driver.title)
      .add("aliases", Words(driver.aliases.begin(), driver.aliases.end()))
      .add("channels", driver.channels)
      .add("options", options)
      .object();
}

constexpr const char* kFormatRow = "%-12s %-14s %-4s %-6s %s\n";

/// "fd remote error- tx dlc channel#": short enough for a terminal.
std::string short_kept_by(const Format& format) {
  const Keeps& keeps = format.keeps;
  Words all;
  const auto add = [&](bool kept, const char* name) {
    if (kept) all.emplace_back(name);
  };
  add(keeps.fd, "fd");
  add(keeps.remote, "remote");
  add(keeps.error, keeps.error_detail ? "error" : "error-");
  add(keeps.direction, "tx");
  add(keeps.raw_dlc, "dlc");
  add(keeps.channel == KeepsChannel::number, "channel#");
  add(keeps.channel == KeepsChannel::name, "channel");
  return joined(all);
}

void print_format(const Format& format) {
  const std::string use = std::string(format.open ? "r" : "") + (format.create ? "w" : "") +
                          (format.appends ? "a" : "");
  std::printf(kFormatRow, std::string(format.name).c_str(),
              joined({format.extensions.begin(), format.extensions.end()}).c_str(), use.c_str(),
              to_text(format.keeps.step).c_str(), short_kept_by(format).c_str());
}

void print_driver(const Driver& driver) {
  const auto line = [](std::string_view name, const std::string& rest) {
    std::printf("%-14s %s\n", std::string(name).c_str(), rest.c_str());
  };
  line(driver.name, std::string(driver.title));
  for (std::string_view alias : driver.aliases) line("", "also called " + std::string(alias));
  line("", "-c " + std::string(driver.channels));
  for (const DriverOption& option : driver.options)
    line("", "-o " + std::string(option.name) + "=...  " + std::string(option.help));
}

}  // namespace

void list_formats(bool json) {
  if (json) {
    Words objects;
    for (const Format* format : all_formats()) objects.push_back(format_json(*format));
    return print_json(objects);
  }
  std::printf(kFormatRow, "FORMAT", "EXTENSIONS", "USE", "TIME", "KEEPS");
  for (const Format* format : all_formats()) print_format(*format);
  std::printf(
      "\nUSE: r read, w write, a append. \".gz\" behind a text format's extension packs it.\n"
      "KEEPS: error- that there was an error frame, not which; tx the direction; dlc codes above 8\n"
      "of classic frames; channel# the channel's number, not its name.\n");
}

void list_interfaces(bool json) {
  if (json) {
    Words objects;
    for (const Driver* driver : all_drivers()) objects.push_back(driver_json(*driver));
    return print_json(objects);
  }
  for (const Driver* driver : all_drivers()) print_driver(*driver);
}

}  // namespace can::cli
