// SPDX-License-Identifier: MIT
#include "apps/lists.h"

#include <cstdio>
#include <string>

#include "drivers/registry.h"
#include "formats/registry.h"
#include "libcan/duration.h"

namespace can::cli {
namespace {

std::string extensions_of(const Format& format) {
  std::string all;
  for (std::string_view extension : format.extensions)
    all.append(all.empty() ? "" : " ").append(extension);
  return all;
}

std::string kept_by(const Format& format) {
  const Keeps& keeps = format.keeps;
  std::string all;
  const auto add = [&](bool kept, std::string_view name) {
    if (kept) all.append(all.empty() ? "" : " ").append(name);
  };
  add(keeps.fd, "fd");
  add(keeps.remote, "remote");
  add(keeps.error, keeps.error_detail ? "error" : "error(no detail)");
  add(keeps.direction, "direction");
  add(keeps.raw_dlc, "raw-dlc");
  add(keeps.channel != KeepsChannel::no,
      keeps.channel == KeepsChannel::name ? "channel" : "channel(number)");
  return all;
}

}  // namespace

void list_formats() {
  std::printf("%-13s %-15s %-5s %-6s %s\n", "FORMAT", "EXTENSIONS", "USE", "TIME", "KEEPS");
  for (const Format* format : all_formats()) {
    const std::string use = std::string(format->open ? "r" : "") + (format->create ? "w" : "") +
                            (format->appends ? "a" : "");
    std::printf("%-13s %-15s %-5s %-6s %s\n", std::string(format->name).c_str(),
                extensions_of(*format).c_str(), use.c_str(),
                format->keeps.step.count() == 1 ? "1 ns" : "1 us", kept_by(*format).c_str());
  }
  std::printf("\nUSE: r read, w write, a append. \".gz\" behind a text format's extension packs it.\n");
}

void list_interfaces() {
  for (const Driver* driver : all_drivers()) {
    std::printf("%-14s %s\n", std::string(driver->name).c_str(),
                std::string(driver->title).c_str());
    for (std::string_view alias : driver->aliases)
      std::printf("%-14s also called %s\n", "", std::string(alias).c_str());
    std::printf("%-14s -c %s\n", "", std::string(driver->channels).c_str());
    for (const DriverOption& option : driver->options)
      std::printf("%-14s -o %s=...  %s\n", "", std::string(option.name).c_str(),
                  std::string(option.help).c_str());
  }
}

}  // namespace can::cli
