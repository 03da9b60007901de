// SPDX-License-Identifier: MIT
// cansend: put frames on a bus.

#include <unistd.h>

#include <fstream>
#include <iostream>

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/signals.h"
#include "libcan/error.h"
#include "libcan/frame_text.h"

namespace can::cli {
namespace {

Message frame_of(std::string_view text) {
  Message message;
  message.timestamp = std::chrono::system_clock::now().time_since_epoch();
  parse_frame(text, message);
  return message;
}

/// Sends a frame a line until the end of standard input; blank lines are skipped.
void send_lines(Bus& bus) {
  std::string line;
  for (int number = 1; std::getline(std::cin, line); ++number) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) continue;
    try {
      bus.send({{frame_of(line)}});
    } catch (const Error& error) {
      if (error.code() != Errc::invalid) throw;
      fail_at(fmt::format("standard input:{}", number), error);
    }
  }
}

/// As can-utils have it: the first argument is the channel when it can't be a frame.
void take_channel(BusOptions& bus, std::vector<std::string>& frames) {
  if (frames.size() < 2 || frames.front() == "-" || frames.front().find('#') != std::string::npos)
    return;
  bus.set_channel(frames.front());
  bus.set_default_interface("socketcan");
  frames.erase(frames.begin());
}

void send(const BusOptions& options, const std::vector<std::string>& frames) {
  std::vector<Message> messages;  // all of them are looked at before the first one goes out
  for (const std::string& frame : frames)
    if (frame != "-") messages.push_back(frame_of(frame));
  const auto bus = options.open();
  auto next = messages.begin();
  for (const std::string& frame : frames) {
    if (frame == "-")
      send_lines(*bus);
    else
      bus->send({&*next++, 1});
  }
  bus->flush();
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  ignore_broken_pipes();
  Program program("cansend", "Send CAN frames.", "cansend [options] [CHANNEL] FRAME...",
                  "  cansend -i udp_multicast 123#DEADBEEF\n"
                  "  cansend can0 1ABCDEF0##1AABBCC 7FF#R4    (SocketCAN, as in can-utils)\n"
                  "  seq 100 199 | sed 's/$/#00/' | cansend -i udp_multicast -");
  std::vector<std::string> frames;
  program.app()
      .add_option("FRAME", frames, "123#DEADBEEF, 00000123#R4, 123##1AABB; - reads stdin")
      ->type_name("")
      ->required();
  BusOptions bus(program, BusOptions::Filtering::no);
  return program.run(argc, argv, [&] {
    take_channel(bus, frames);
    send(bus, frames);
    return Exit::ok;
  });
}
