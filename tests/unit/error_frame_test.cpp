// SPDX-License-Identifier: MIT
#include "cansuite/error_frame.h"

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

TEST_CASE("every detail of an error frame has its own words") {
  struct Detail {
    std::size_t at;
    std::uint8_t value;
    const char* words;
  };
  const Detail all[] = {{1, 0x01, "receive buffer overflow"},
                        {1, 0x02, "transmit buffer overflow"},
                        {1, 0x04, "receive error warning"},
                        {1, 0x08, "transmit error warning"},
                        {1, 0x10, "receive error passive"},
                        {1, 0x20, "transmit error passive"},
                        {1, 0x40, "back to error active"},
                        {2, 0x01, "single bit error"},
                        {2, 0x02, "frame format error"},
                        {2, 0x04, "bit stuffing error"},
                        {2, 0x08, "unable to send a dominant bit"},
                        {2, 0x10, "unable to send a recessive bit"},
                        {2, 0x20, "bus overload"},
                        {2, 0x40, "active error announcement"},
                        {2, 0x80, "while sending"},
                        {3, 0x03, "at the start of frame"},
                        {3, 0x02, "at id bits 28 to 21"},
                        {3, 0x06, "at id bits 20 to 18"},
                        {3, 0x04, "at the SRR bit (RTR)"},
                        {3, 0x05, "at the IDE bit"},
                        {3, 0x07, "at id bits 17 to 13"},
                        {3, 0x0F, "at id bits 12 to 5"},
                        {3, 0x0E, "at id bits 4 to 0"},
                        {3, 0x0C, "at the RTR bit"},
                        {3, 0x0D, "at reserved bit 1"},
                        {3, 0x09, "at reserved bit 0"},
                        {3, 0x0B, "at the DLC"},
                        {3, 0x0A, "at the data"},
                        {3, 0x08, "at the CRC sequence"},
                        {3, 0x18, "at the CRC delimiter"},
                        {3, 0x19, "at the ACK slot"},
                        {3, 0x1B, "at the ACK delimiter"},
                        {3, 0x1A, "at the end of frame"},
                        {3, 0x12, "at the intermission"},
                        {4, 0x04, "CAN-H: no wire"},
                        {4, 0x05, "CAN-H: short to the battery"},
                        {4, 0x06, "CAN-H: short to VCC"},
                        {4, 0x07, "CAN-H: short to ground"},
                        {4, 0x40, "CAN-L: no wire"},
                        {4, 0x50, "CAN-L: short to the battery"},
                        {4, 0x60, "CAN-L: short to VCC"},
                        {4, 0x70, "CAN-L: short to ground"},
                        {4, 0x80, "CAN-L: short to CAN-H"}};
  const std::uint32_t classes[] = {0, 0x004, 0x008, 0x008, 0x010};
  const char* const names[] = {"", "controller problem: ", "protocol violation: ",
                               "protocol violation: ", "transceiver status: "};
  for (const Detail& detail : all) {
    Message m = error_frame(classes[detail.at]);
    m.data[detail.at] = detail.value;
    CHECK(error_words(m) == Words{std::string(names[detail.at]) + detail.words});
  }
}

TEST_CASE("no detail is made up where an error frame has none") {
  Message m = error_frame(0x008 | 0x200);
  m.length = 0;
  m.data = {1, 1, 1, 1, 1, 1, 1, 1};
  CHECK(error_words(m) == Words{"protocol violation", "error counters"});
  m.error = false;
  CHECK(error_words(m).empty());
}
