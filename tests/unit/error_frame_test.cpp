// SPDX-License-Identifier: MIT
#include "libcan/model/error_frame.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace can;

namespace {

using Words = std::vector<std::string>;

/// An error frame of the kernel's, with these classes.
Message error_frame(std::uint32_t classes) { return {.id = classes, .length = 8, .error = true}; }

}  // namespace

TEST_CASE("an error frame in words, a line a class") {
  Message m = error_frame(0x004 | 0x008 | 0x040 | 0x200);
  m.data = {0, 0x10 | 0x20, 0x04 | 0x80, 0x19, 0, 0, 136, 7};
  CHECK(error_words(m) ==
        Words{"controller problem: receive error passive, transmit error passive",
              "protocol violation: bit stuffing error, while sending, at the ACK slot", "bus off",
              "error counters: 136 sending, 7 receiving"});
}

TEST_CASE("every class of error frames has words of its own") {
  Words seen;
  for (std::uint32_t bit = 1; bit <= 0x200; bit <<= 1) {
    const Words words = error_words(error_frame(bit));
    REQUIRE(words.size() == 1);
    CHECK(std::find(seen.begin(), seen.end(), words[0]) == seen.end());
    seen.push_back(words[0]);
  }
}

TEST_CASE("details of error frames") {
  Message m = error_frame(0x002);
  CHECK(error_words(m) == Words{"arbitration lost"});
  m.data[0] = 12;
  CHECK(error_words(m) == Words{"arbitration lost: in bit 12"});
  m = error_frame(0x010);
  m.data[4] = 0x74;
  CHECK(error_words(m) == Words{"transceiver status: CAN-H: no wire, CAN-L: short to ground"});
  m = error_frame(0x008);
  m.data[3] = 0x55;  // no place that is known
  CHECK(error_words(m) == Words{"protocol violation: at 0x55"});
}

TEST_CASE("no detail is made up where an error frame has none") {
  Message m = error_frame(0x008 | 0x200);
  m.length = 0;
  m.data = {1, 1, 1, 1, 1, 1, 1, 1};
  CHECK(error_words(m) == Words{"protocol violation", "error counters"});
  m.error = false;
  CHECK(error_words(m).empty());
}
