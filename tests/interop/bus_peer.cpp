// SPDX-License-Identifier: MIT
// Lets a script take part in a bus: sends the frames on its standard input, a line each in
// candump's notation, then prints what it receives until it has `count` messages or nothing comes
// for 20 seconds.
//
//   printf '123#11\n' | bus_peer udp_multicast 239.74.163.2 count [option=value ...]

#include <cstdio>
#include <iostream>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"

using namespace can;

namespace {

BusConfig config_from(char** arguments) {
  BusConfig config;
  config.interface = arguments[0];
  config.channel = arguments[1];
  for (char** option = arguments + 3; *option != nullptr; ++option) {
    const std::string_view text = *option;
    const std::size_t sign = std::min(text.find('='), text.size() - 1);
    config.options[std::string(text.substr(0, sign))] = text.substr(sign + 1);
  }
  return config;
}

void send_input(Bus& bus) {
  for (std::string line; std::getline(std::cin, line);) {
    Message message;
    parse_frame(line, message);
    bus.send({&message, 1});
  }
}

void print(const Message& message) {
  std::string text;
  format_frame(message, text);
  std::printf("%lld.%09lld %s %s\n",
              static_cast<long long>(message.timestamp.count() / 1'000'000'000),
              static_cast<long long>(message.timestamp.count() % 1'000'000'000),
              std::string(message.channel.name()).c_str(), text.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) return 2;
  auto bus = open_bus(config_from(argv + 1));
  std::puts(bus->details().c_str());  // tells the script that the bus is open
  std::fflush(stdout);
  send_input(*bus);
  const auto wanted = static_cast<std::size_t>(std::atol(argv[3]));
  Message message;
  for (std::size_t got = 0; got < wanted; ++got) {
    if (bus->receive({&message, 1}, std::chrono::seconds(20)) == 0) return 1;
    print(message);
  }
  return 0;
} catch (const Error& error) {
  std::fprintf(stderr, "bus_peer: %s\n", error.what());
  return 1;
}
