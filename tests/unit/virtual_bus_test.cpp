// SPDX-License-Identifier: MIT
// What the ends of a virtual bus share, and what each has for itself.

#include <catch2/catch.hpp>
#include <thread>

#include "cansuite/bus.h"
#include "cansuite/interfaces.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Bus> open_end(const std::string& channel, BusConfig config = {}) {
  config.interface = "virtual";
  config.channel = channel;
  return open_bus(config);
}

/// Frames with ids from 0 up, each with its id's low byte in its data.
std::vector<Message> numbered(std::size_t count) {
  std::vector<Message> messages(count);
  for (std::uint32_t i = 0; i < count; ++i)
    messages[i] = {
        .timestamp = i * 1ms, .id = i, .length = 1, .extended = true, .data = {std::uint8_t(i)}};
  return messages;
}

std::vector<Message> receive_all(Bus& bus) {
  std::vector<Message> all(10'000);
  std::size_t count = 0;
  while (const std::size_t more = bus.receive(std::span(all).subspan(count), 0ns)) count += more;
  all.resize(count);
  return all;
}

std::vector<std::uint32_t> ids_of(std::span<const Message> messages) {
  std::vector<std::uint32_t> ids;
  for (const Message& message : messages) {
    CHECK(message.data[0] == static_cast<std::uint8_t>(message.id));
    ids.push_back(message.id);
  }
  return ids;
}

std::vector<std::uint32_t> range(std::uint32_t end, std::uint32_t step = 1) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; id < end; id += step) ids.push_back(id);
  return ids;
}

}  // namespace

TEST_CASE("virtual bus: each end sees what it asked for of the same messages", "[virtual]") {
  BusConfig own, filtered, dated, classic;
  own.receive_own_messages = true;
  filtered.filters = {{.id = 0, .mask = 3, .extended = {}}};
  dated.options["preserve_timestamps"] = "true";
  classic.fd = false;
  auto sender = open_end("each", own), plain = open_end("each"),
       fourth = open_end("each", filtered), old = open_end("each", dated),
       without_fd = open_end("each", classic);
  auto messages = numbered(600);
  messages[300].fd = true;
  sender->send(messages);

  const auto received = receive_all(*plain), back = receive_all(*sender), kept = receive_all(*old);
  CHECK(ids_of(received) == range(600));
  CHECK(received[300].fd);
  CHECK(received[5].timestamp > 24h);
  CHECK(received[5].channel.name() == "each");
  CHECK(!received[5].transmitted);
  CHECK(ids_of(back) == range(600));
  CHECK(back[5].transmitted);
  CHECK(ids_of(kept) == range(600));
  CHECK(kept[599].timestamp == 599ms);
  CHECK(ids_of(receive_all(*fourth)) == range(600, 4));
  const auto no_fd = ids_of(receive_all(*without_fd));
  CHECK(no_fd.size() == 599);
  CHECK(std::ranges::find(no_fd, 300u) == no_fd.end());
}

TEST_CASE("virtual bus: a full queue loses what is new, and counts it", "[virtual]") {
  BusConfig small;
  small.options["rx_queue_size"] = "10";
  auto sender = open_end("small"), reader = open_end("small", small), other = open_end("small");
  sender->send(numbered(8));
  sender->send(numbered(17));
  CHECK(reader->counters().dropped == 15);
  const auto received = ids_of(receive_all(*reader));
  CHECK(received == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 0, 1});
  CHECK(receive_all(*other).size() == 25);
  CHECK(other->counters().dropped == 0);
  sender->send(numbered(3));
  CHECK(ids_of(receive_all(*reader)) == range(3));
}

TEST_CASE("virtual bus: a queue of one message, and of none", "[virtual]") {
  BusConfig one;
  one.options["rx_queue_size"] = "1";
  auto sender = open_end("one"), reader = open_end("one", one);
  sender->send(numbered(2));
  CHECK(reader->counters().dropped == 1);
  CHECK(ids_of(receive_all(*reader)) == range(1));
  one.options["rx_queue_size"] = "0";
  CHECK_THROWS_WITH(open_end("one", one),
                    Catch::Contains("option 'rx_queue_size': expected a number from 1 to "));
}

TEST_CASE("virtual bus: an end that sends much and reads late has all it was sent", "[virtual]") {
  auto talker = open_end("late"), other = open_end("late");
  const auto much = numbered(40);
  for (const Message& message : numbered(5000)) {
    other->send({&message, 1});
    talker->send(much);
  }
  CHECK(ids_of(receive_all(*talker)) == range(5000));
  CHECK(talker->counters().dropped == 0);
}

TEST_CASE("virtual bus: ends hold the same messages in the same memory", "[virtual]") {
  auto sender = open_end("shared"), a = open_end("shared"), b = open_end("shared");
  sender->send(numbered(10));
  const auto view = a->receive_view({}), same = b->receive_view({});
  CHECK(view.messages.data() == same.messages.data());
  CHECK(view.messages.size() == same.messages.size());
  CHECK(view.keeper != nullptr);
  CHECK(a->receive_view({}).messages.empty());
  CHECK(receive_all(*a).empty());
  for (int i = 0; i < 100; ++i) {
    sender->send(numbered(100));
    receive_all(*a);
    receive_all(*b);
  }
  CHECK(ids_of(view.messages) == range(10));
}

TEST_CASE("virtual bus: all ends receive what several threads send in one order", "[virtual]") {
  constexpr std::size_t kEach = 20'000;
  auto left = open_end("order"), right = open_end("order"), a = open_end("order"),
       b = open_end("order");
  std::vector<Message> seen_by_a, seen_by_b;
  const auto send = [](Bus& bus) {
    const auto messages = numbered(kEach);
    for (std::size_t at = 0; at < kEach; at += 50) bus.send(std::span(messages).subspan(at, 50));
  };
  const auto receive = [](Bus& bus, std::vector<Message>& seen) {
    std::array<Message, 64> batch;
    while (seen.size() < 2 * kEach) {
      const std::size_t count = bus.receive(batch, 10s);
      if (count == 0) return;
      seen.insert(seen.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
    }
  };
  std::thread threads[] = {std::thread(send, std::ref(*left)), std::thread(send, std::ref(*right)),
                           std::thread(receive, std::ref(*a), std::ref(seen_by_a))};
  receive(*b, seen_by_b);
  for (std::thread& thread : threads) thread.join();
  CHECK(seen_by_a.size() == 2 * kEach);
  CHECK(ids_of(seen_by_a) == ids_of(seen_by_b));
}
