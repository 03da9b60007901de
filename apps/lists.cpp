// SPDX-License-Identifier: MIT
#include "apps/lists.h"

#include <cstdio>
#include <string>
#include <vector>

#include "apps/json_text.h"
#include "cansuite/interfaces.h"
#include "formats/registry/registry.h"
#include "libcan/model/ascii.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

/// A property of messages, with its names in the table and in JSON.
struct Kept {
  bool (*kept)(const Keeps&);
  const char *shortly, *name;  // null: not listed there
};

constexpr Kept kKept[] = {
    {[](const Keeps& k) { return k.fd; }, "fd", "fd"},
    {[](const Keeps& k) { return k.remote; }, "remote", "remote"},
    {[](const Keeps& k) { return k.error && !k.error_detail; }, "error-", "error"},
    {[](const Keeps& k) { return k.error_detail; }, "error", "error"},
    {[](const Keeps& k) { return k.error_detail; }, nullptr, "error-detail"},
    {[](const Keeps& k) { return k.direction; }, "tx", "direction"},
    {[](const Keeps& k) { return k.raw_dlc; }, "dlc", "raw-dlc"},
    {[](const Keeps& k) { return k.channel == KeepsChannel::number; }, "channel#",
     "channel-number"},
    {[](const Keeps& k) { return k.channel >= KeepsChannel::interface; }, "channel",
     "channel-name"},
};

Words kept_by(const Format& format, const char* Kept::*name) {
  Words all;
  for (const Kept& each : kKept)
    if (each.*name && each.kept(format.keeps)) all.emplace_back(each.*name);
  return all;
}

void print_json(const Words& objects) {
  std::fprintf(standard_output_stream(), "%s\n", json_array(objects).c_str());
}

std::string options_json(std::span<const Option> options) {
  Words objects;
  for (const Option& option : options)
    objects.push_back(JsonText()
                          .add("name", option.name)
                          .add("help", option.help)
                          .add("values", value_syntax(option))
                          .add("preset", option.preset)
                          .object());
  return json_array(objects);
}

std::string format_json(const Format& format) {
  return JsonText()
      .add("name", format.name)
      .add("title", format.title)
      .add("extensions", Words(format.extensions.begin(), format.extensions.end()))
      .add("reads", format.open != nullptr)
      .add("writes", format.create != nullptr)
      .add("appends", format.appends != Appends::no)
      .add_raw("options", options_json(format.options))
      .add("time_step_ns", format.keeps.step.count())
      .add("keeps", kept_by(format, &Kept::name))
      .object();
}

std::string channels_json(std::span<const Detected> channels) {
  Words objects;
  for (const Detected& each : channels)
    objects.push_back(JsonText().add("channel", each.channel).add("state", each.state).object());
  return json_array(objects);
}

/// "port=1-65535  UDP port [43113]"
std::string usage_of(const Option& option) {
  const std::string_view preset = preset_text(option);
  return fmt::format("{}={}  {}{}", option.name, value_syntax(option), option.help,
                     preset.empty() ? "" : fmt::format(" [{}]", preset));
}

std::string driver_json(const Driver& driver) {
  const InterfaceState state = examine(driver);
  return JsonText()
      .add("name", driver.name)
      .add("title", driver.title)
      .add("aliases", Words(driver.aliases.begin(), driver.aliases.end()))
      .add("channels", driver.channels)
      .add_raw("options", options_json(driver.options))
      .add("state", name_of(state.availability))
      .add("library", state.library)
      .add_raw("there", channels_json(state.channels))
      .object();
}

constexpr const char* kFormatRow = "%-12s %-14s %-4s %-6s %s\n";

void print_format(const Format& format) {
  const std::string use = std::string(format.open ? "r" : "") + (format.create ? "w" : "") +
                          (format.appends != Appends::no ? "a" : "");
  std::fprintf(standard_output_stream(), kFormatRow, std::string(format.name).c_str(),
               joined({format.extensions.begin(), format.extensions.end()}).c_str(), use.c_str(),
               to_text(format.keeps.step).c_str(), joined(kept_by(format, &Kept::shortly)).c_str());
}

void print_driver(const Driver& driver, bool verbose) {
  const auto line = [](std::string_view name, const std::string& rest) {
    std::fprintf(standard_output_stream(), "%-14s %s\n", std::string(name).c_str(),
                 escaped(rest).c_str());
  };
  line(driver.name, std::string(driver.title));
  for (std::string_view alias : driver.aliases) line("", "also called " + std::string(alias));
  line("", "-c " + std::string(driver.channels));
  for (const Option& option : driver.options) line("", "-o " + usage_of(option));
  const InterfaceState state = examine(driver);
  line("", "state: " + std::string(name_of(state.availability)));
  if (verbose && !state.library.empty()) line("", "library: " + state.library);
  for (const Detected& each : state.channels)
    line("", "available: " + each.channel + (each.state.empty() ? "" : ", " + each.state));
}

}  // namespace

void list_formats(ListStyle style) {
  if (style.json) {
    Words objects;
    for (const Format* format : all_formats()) objects.push_back(format_json(*format));
    return print_json(objects);
  }
  std::fprintf(standard_output_stream(), kFormatRow, "FORMAT", "EXTENSIONS", "USE", "TIME",
               "KEEPS");
  for (const Format* format : all_formats()) print_format(*format);
  std::fprintf(
      standard_output_stream(),
      "\nUSE: r read, w write, a append; \".gz\" or \".zst\" behind .asc and the like packs.\n"
      "KEEPS: error- error frames without their content; tx the direction; dlc codes above "
      "8\n"
      "of classic frames; channel# the channel's number, not its name.\n");
}

void list_interfaces(ListStyle style) {
  if (style.json) {
    Words objects;
    for (const Driver* driver : all_drivers()) objects.push_back(driver_json(*driver));
    return print_json(objects);
  }
  for (const Driver* driver : all_drivers()) print_driver(*driver, style.verbose);
}

}  // namespace can::cli
