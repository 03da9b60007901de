// SPDX-License-Identifier: MIT
// Records a bus for ten seconds: record INTERFACE CHANNEL FILE
#include <cansuite/cansuite.h>

#include <cstdio>
#include <thread>

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  can::BusConfig config;
  config.interface = argv[1];
  config.channel = argv[2];
  const auto bus = can::open_bus(config);
  can::Logger logger(can::create_log(argv[3]));
  can::Notifier notifier(*bus, {&logger});
  std::this_thread::sleep_for(std::chrono::seconds(10));
  notifier.stop();
} catch (const can::Error& error) {
  std::fprintf(stderr, "record: %s\n", error.what());
  return 1;
}
