// SPDX-License-Identifier: MIT
#include "libcan/flow/bus_view.h"

#include <catch2/catch.hpp>

#include "cansuite/frame.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

Message at(std::chrono::nanoseconds time, std::uint32_t id,
           std::initializer_list<std::uint8_t> data, const char* channel = "can0") {
  Message message{.timestamp = time, .id = id, .channel = Channel(channel)};
  set_data(message, data);
  return message;
}

std::vector<std::size_t> looked_at(BusView& view) {
  std::vector<std::size_t> indexes;
  view.look([&](const BusView::Row&, std::size_t index) { indexes.push_back(index); });
  return indexes;
}

}  // namespace

TEST_CASE("a bus has a row for each channel and id, in the order of their appearance",
          "[bus_view]") {
  BusView view;
  Message extended = at(1s, 0x123, {1});
  extended.extended = true;
  Message error = at(1s, 0x123, {});
  error.error = true;
  view.add(std::vector{at(1s, 0x123, {1}), at(1s, 0x123, {1}, "can1"), extended, error,
                       at(2s, 0x123, {2})});
  REQUIRE(view.rows().size() == 4);
  CHECK(view.rows()[0].count == 2);
  CHECK(view.rows()[0].last.data[0] == 2);
  CHECK(view.rows()[1].last.channel == Channel("can1"));
  CHECK(view.rows()[2].last.extended);
  CHECK(view.rows()[3].last.error);
  CHECK(view.messages() == 5);
  CHECK(view.errors() == 1);
  CHECK(view.latest() == 2s);
  view.clear();
  CHECK(view.rows().empty());
  CHECK(view.messages() == 0);
}

TEST_CASE("no change between two looks is missed", "[bus_view]") {
  BusView view;
  view.add(std::vector{at(1s, 1, {0x00, 0xFF}), at(1s, 2, {0})});
  CHECK(view.rows()[0].fresh);
  CHECK(looked_at(view) == std::vector<std::size_t>{0, 1});
  CHECK(looked_at(view).empty());
  view.add(std::vector{at(2s, 1, {0x81, 0xFF}), at(2s, 1, {0x00, 0xFF})});  // there and back
  CHECK(view.rows()[0].changed[0] == 0x81);
  CHECK(view.rows()[0].changed[1] == 0);
  CHECK_FALSE(view.rows()[0].fresh);
  CHECK(view.rows()[0].count - view.rows()[0].seen == 2);
  CHECK(looked_at(view) == std::vector<std::size_t>{0});
  CHECK(view.rows()[0].changed[0] == 0);
  CHECK(view.rows()[0].ever_changed[0] == 0x81);
}

TEST_CASE("bytes that come and go have changed", "[bus_view]") {
  BusView view;
  view.add(std::vector{at(1s, 1, {5, 6, 7}), at(2s, 1, {5})});
  CHECK(view.rows()[0].changed[0] == 0);
  CHECK(view.rows()[0].changed[1] == 0xFF);
  CHECK(view.rows()[0].changed[2] == 0xFF);
  CHECK(view.rows()[0].changed[3] == 0);
  CHECK(view.rows()[0].length_varies);
}

TEST_CASE("period and jitter follow the times of an id", "[bus_view]") {
  BusView view;
  for (int i = 0; i < 100; ++i) view.add(std::vector{at(i * 10ms, 1, {})});
  CHECK(view.rows()[0].period == 10ms);
  CHECK(view.rows()[0].jitter == 0ms);
  for (int i = 0; i < 200; ++i) view.add(std::vector{at(2s + i * 20ms + (i % 2) * 2ms, 1, {})});
  CHECK(std::chrono::abs(view.rows()[0].period - 20ms) < 1ms);
  CHECK(std::chrono::abs(view.rows()[0].jitter - 2ms) < 500us);
  view.add(std::vector{at(1s, 1, {})});  // the clock was set back
  CHECK(std::chrono::abs(view.rows()[0].period - 20ms) < 1ms);
}

TEST_CASE("ids without end don't take memory without end", "[bus_view]") {
  BusView view;
  Message message{.extended = true};
  for (std::uint32_t id = 0; id < BusView::kMaxRows + 10; ++id) {
    message.id = id;
    view.add({&message, 1});
  }
  CHECK(view.rows().size() == BusView::kMaxRows);
  CHECK(view.others() == 10);
  message.id = 3;
  view.add({&message, 1});
  CHECK(view.rows()[3].count == 2);
}
