// SPDX-License-Identifier: MIT
// Sends one frame: send_one [INTERFACE CHANNEL]; without them on the bus of the configuration.
#include <cansuite/cansuite.h>

#include <iostream>

int main(int argc, char** argv) try {
  const auto bus =
      argc == 3 ? can::open_bus({.interface = argv[1], .channel = argv[2]}) : can::open_bus();
  const can::Message message = can::extended_frame(0xC0FFEE, {0, 25, 0, 1, 3, 1, 4, 1});
  bus->send(message);
  std::cout << "sent on " << bus->name() << ": " << can::format_frame(message) << '\n';
} catch (const can::Error& error) {
  std::cerr << "send_one: " << error.what() << '\n';
  return 1;
}
