// SPDX-License-Identifier: MIT
// Passes messages on between two buses, both ways, until Enter is pressed or the input ends:
// bridge INTERFACE CHANNEL INTERFACE CHANNEL
#include <cansuite/cansuite.h>

#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  if (argc != 5) return 2;
  // Neither bus receives its own messages, so nothing goes in circles.
  const auto left = can::open_bus({.interface = argv[1], .channel = argv[2]});
  const auto right = can::open_bus({.interface = argv[3], .channel = argv[4]});
  can::Redirect to_right(*right), to_left(*left);
  can::Notifier from_left(*left, {&to_right}), from_right(*right, {&to_left});
  std::string line;
  std::getline(std::cin, line);
  from_left.stop();
  from_right.stop();
} catch (const can::Error& error) {
  std::cerr << "bridge: " << error.what() << '\n';
  return 1;
}
