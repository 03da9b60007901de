// SPDX-License-Identifier: MIT
// Prints what a bus receives, until nothing came for SECONDS: print_messages INTERFACE CHANNEL
// SECONDS [FILTER...]
#include <cansuite/cansuite.h>

#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  if (argc < 4) return 2;
  can::BusConfig config = {.interface = argv[1], .channel = argv[2]};
  for (int i = 4; i < argc; ++i) config.filters.push_back(can::parse_filter(argv[i]));
  const auto bus = can::open_bus(config);
  const std::chrono::seconds idle(std::stoi(argv[3]));
  for (const can::Message& message : bus->messages(idle)) std::cout << message << std::endl;
  if (const auto dropped = bus->counters().dropped)
    std::cerr << "print_messages: " << dropped << " messages were lost\n";
} catch (const can::Error& error) {
  std::cerr << "print_messages: " << error.what() << '\n';
  return 1;
}
