// SPDX-License-Identifier: MIT
// Records a bus for some seconds and prints what it records: record INTERFACE CHANNEL FILE SECONDS
#include <cansuite/cansuite.h>

#include <iostream>
#include <string>
#include <thread>

int main(int argc, char** argv) try {
  if (argc != 5) return 2;
  const auto bus = can::open_bus({.interface = argv[1], .channel = argv[2]});
  can::Logger logger(can::create_log(argv[3]));
  can::Printer printer;
  can::Notifier notifier(*bus, {&logger, &printer});
  notifier.on_failure([](const std::exception_ptr&) { std::cerr << "record: stopped early\n"; });
  logger.event("recording has begun");
  std::this_thread::sleep_for(std::chrono::seconds(std::stoi(argv[4])));
  notifier.stop();  // throws what failed, if anything did
} catch (const can::Error& error) {
  std::cerr << "record: " << error.what() << '\n';
  return 1;
}
