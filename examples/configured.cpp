// SPDX-License-Identifier: MIT
// Opens the bus that the user has configured, and says where each setting comes from:
// configured [CHANNEL], which overrides the channel of the environment and the files
#include <cansuite/cansuite.h>

#include <iostream>

int main(int argc, char** argv) try {
  can::Settings given;
  if (argc > 1) given["channel"] = {argv[1], "command line", true};
  const can::Settings settings = can::load_settings(given);
  for (const std::string& line : can::unknown_settings(settings))
    std::cerr << "configured: " << line << '\n';
  for (const auto& [name, setting] : settings)
    std::cout << name << " = " << setting.value << " (" << setting.origin << ")\n";
  const auto bus = can::open_bus(can::bus_config(settings));
  std::cout << "open: " << bus->name() << '\n';
} catch (const can::Error& error) {
  std::cerr << "configured: " << error.what() << '\n';
  return 1;
}
