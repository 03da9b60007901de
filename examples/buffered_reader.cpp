// SPDX-License-Identifier: MIT
// Receives on a thread, and takes the messages from a queue when the program has time:
// buffered_reader INTERFACE CHANNEL COUNT
#include <cansuite/cansuite.h>

#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  const auto bus = can::open_bus({.interface = argv[1], .channel = argv[2]});
  can::BufferedReader reader;
  can::Notifier notifier(*bus, {&reader});
  std::cout << "ready" << std::endl;
  for (int left = std::stoi(argv[3]); left > 0; --left)
    if (const auto message = reader.get(std::chrono::seconds(10)))
      std::cout << *message << std::endl;
  notifier.stop();
  std::cout << reader.dropped() << " messages were dropped\n";
} catch (const can::Error& error) {
  std::cerr << "buffered_reader: " << error.what() << '\n';
  return 1;
}
