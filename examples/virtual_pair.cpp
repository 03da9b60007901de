// SPDX-License-Identifier: MIT
// Two buses of one process on the same channel: one sends, the other receives. virtual_pair
#include <cansuite/cansuite.h>

#include <iostream>

int main() try {
  const auto left = can::open_bus({.interface = "virtual", .channel = "test"});
  const auto right = can::open_bus({.interface = "virtual", .channel = "test"});
  const can::Message sent = can::frame(0x2BC, {1, 2, 3});
  left->send(sent);
  const auto received = right->receive(std::chrono::seconds(1));
  const bool same = received && can::same_frame(sent, *received);  // == compares the time, too
  std::cout << (same ? "the same frame" : "another frame") << '\n';
  std::cout << (left->receive(std::chrono::seconds(0)) ? "heard" : "did not hear") << " itself\n";
} catch (const can::Error& error) {
  std::cerr << "virtual_pair: " << error.what() << '\n';
  return 1;
}
