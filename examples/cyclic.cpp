// SPDX-License-Identifier: MIT
// Sends messages periodically, in the four ways of python-can's manual, for a second each:
// cyclic INTERFACE CHANNEL
#include <cansuite/cansuite.h>

#include <iostream>
#include <thread>

int main(int argc, char** argv) try {
  using namespace std::chrono_literals;
  if (argc != 3) return 2;
  const auto bus = can::open_bus({.interface = argv[1], .channel = argv[2]});
  {
    const auto task = bus->send_periodic(can::frame(0x123, {1, 2, 3}), {.period = 200ms});
    std::this_thread::sleep_for(1s);
  }  // the end of a task stops it
  can::Message message = can::extended_frame(0x0CF02200, {0, 255, 0, 1});
  const auto task = bus->send_periodic(message, {.period = 100ms});
  std::this_thread::sleep_for(1s);
  can::set_data(message, {0x99, 1, 1, 1});
  task->modify(message);  // with the next message; the times stay
  std::this_thread::sleep_for(1s);
  task->stop();
  // Ten messages at once a millisecond, then one every half second.
  const auto burst =
      bus->send_periodic(can::frame(0x42, {0x42}), {.period = 1ms, .count = 10, .then = 500ms});
  std::this_thread::sleep_for(1s);
  burst->stop();
  std::cout << "skipped " << burst->skipped() << " messages\n";
} catch (const can::Error& error) {
  std::cerr << "cyclic: " << error.what() << '\n';
  return 1;
}
