// SPDX-License-Identifier: MIT
// Emulated adapters for a script: prints the terminals of `count` of them, a line each, then obeys
// lines on its standard input until that ends. Each command prints a line.
//
//   serial_adapter slcan:canable 2
//   unplug PATH | plug | say PATH HEX | control WORDS | heard | hold | go

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <sstream>

#include "tests/support/adapter_hub.h"

namespace {

std::string unhex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string obey(AdapterHub& hub, std::istringstream& line) {
  std::string command, path, bytes;
  line >> command;
  if (command == "plug") return hub.plug_in();
  if (command == "heard") return hex(hub.heard());
  if (command == "hold" || command == "go") hub.stop_reading(command == "hold");
  if (command == "control") hub.control(line.str().substr(line.str().find(' ') + 1));
  if (command == "unplug" && line >> path) hub.unplug(path);
  if (command == "say" && line >> path >> bytes) hub.say(unhex(bytes), path);
  return "ok";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  AdapterHub hub(argv[1]);
  std::cout << hub.tcp_channel() << '\n';
  for (int left = std::atoi(argv[2]); left > 0; --left) std::cout << hub.plug_in() << '\n';
  std::cout << std::flush;
  for (std::string text; std::getline(std::cin, text);) {
    std::istringstream line(text);
    std::cout << obey(hub, line) << std::endl;
  }
  return 0;
}
