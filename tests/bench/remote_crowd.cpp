// SPDX-License-Identifier: MIT
// Many clients of one canserver, each of which sends many messages and hears those of its neighbour
// through a filter of its own: counts what is lost.
//
//   canserver -i virtual -p 54701 -H 127.0.0.1 &
//   remote_crowd 127.0.0.1:54701 [clients [messages]]       200 clients, 20000 messages each

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

struct Crowd {
  std::string address;
  std::uint32_t clients, messages;
  std::atomic<std::uint32_t> ready = 0;
  std::atomic<std::uint64_t> received = 0, dropped = 0, out_of_order = 0;
};

BusConfig config_for(const Crowd& crowd, std::uint32_t heard) {
  BusConfig config;
  config.interface = "remote";
  config.channel = crowd.address;
  config.filters = {{.id = heard << 16, .mask = 0xFF0000, .extended = true}};
  return config;
}

void send_some(Bus& bus, std::uint32_t number, std::uint32_t& next) {
  std::vector<Message> batch(100);
  for (Message& m : batch) m = {.id = number << 16 | next++, .length = 8, .extended = true};
  bus.send(batch);
}

void read_part(Crowd& crowd, std::uint32_t number) {
  const std::uint32_t heard = (number + 1) % crowd.clients;
  auto bus = open_bus(config_for(crowd, heard));
  for (++crowd.ready; crowd.ready < crowd.clients;) std::this_thread::sleep_for(1ms);
  std::vector<Message> batch(256);
  std::uint32_t sent = 0, expected = 0;
  while (expected < crowd.messages) {
    if (sent < crowd.messages) send_some(*bus, number, sent);
    const std::size_t count = bus->receive(batch, sent < crowd.messages ? 0s : 60s);
    if (count == 0 && sent >= crowd.messages) break;
    for (std::size_t i = 0; i < count; ++i)
      if (batch[i].id != (heard << 16 | expected++)) ++crowd.out_of_order;
    crowd.received += count;
  }
  crowd.dropped += bus->counters().dropped;
  // The server sends our last messages before it closes this one.
  bus->flush();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  Crowd crowd{.address = argv[1],
              .clients = argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 200,
              .messages = argc > 3 ? static_cast<std::uint32_t>(std::atoi(argv[3])) : 20'000};
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::jthread> threads;
  for (std::uint32_t i = 0; i < crowd.clients; ++i)
    threads.emplace_back([&crowd, i] {
      try {
        read_part(crowd, i);
      } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
      }
    });
  threads.clear();
  const std::uint64_t all = std::uint64_t{crowd.clients} * crowd.messages;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{} clients, {} of {} messages, {} out of order, {} dropped, {:.1f} s, {:.0f}/s\n",
             crowd.clients, crowd.received.load(), all, crowd.out_of_order.load(),
             crowd.dropped.load(), seconds, static_cast<double>(all) / seconds);
  return crowd.received == all && crowd.out_of_order == 0 && crowd.dropped == 0 ? 0 : 1;
}
