// SPDX-License-Identifier: MIT
#include "cansuite/error_frame.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace can {

using namespace error_bits;

namespace {

struct Word {
  std::uint8_t value;
  std::string_view text;
};

// Bits at kControllerBits.
constexpr Word kControllerStates[] = {
    {kRxOverflow, "receive buffer overflow"}, {kTxOverflow, "transmit buffer overflow"},
    {kRxWarning, "receive error warning"},    {kTxWarning, "transmit error warning"},
    {kRxPassive, "receive error passive"},    {kTxPassive, "transmit error passive"},
    {kActive, "back to error active"},
};

constexpr Word kProtocolKinds[] = {
    {kBit, "single bit error"},
    {kForm, "frame format error"},
    {kStuff, "bit stuffing error"},
    {kDominant, "unable to send a dominant bit"},
    {kRecessive, "unable to send a recessive bit"},
    {kOverload, "bus overload"},
    {kAnnouncement, "active error announcement"},
    {kTransmitting, "while sending"},
};

constexpr Word kPlaces[] = {
    {0x02, "id bits 28 to 21"},
    {0x03, "the start of frame"},
    {0x04, "the SRR bit (RTR)"},
    {0x05, "the IDE bit"},
    {0x06, "id bits 20 to 18"},
    {0x07, "id bits 17 to 13"},
    {kCrcSequence, "the CRC sequence"},
    {0x09, "reserved bit 0"},
    {0x0A, "the data"},
    {0x0B, "the DLC"},
    {0x0C, "the RTR bit"},
    {0x0D, "reserved bit 1"},
    {0x0E, "id bits 4 to 0"},
    {0x0F, "id bits 12 to 5"},
    {0x12, "the intermission"},
    {0x18, "the CRC delimiter"},
    {kAckSlot, "the ACK slot"},
    {0x1A, "the end of frame"},
    {kAckDelimiter, "the ACK delimiter"},
};

// At kWires: the lower half for CAN-H, the upper one for CAN-L.
constexpr Word kWireStates[] = {
    {0x04, "CAN-H: no wire"},        {0x05, "CAN-H: short to the battery"},
    {0x06, "CAN-H: short to VCC"},   {0x07, "CAN-H: short to ground"},
    {0x40, "CAN-L: no wire"},        {0x50, "CAN-L: short to the battery"},
    {0x60, "CAN-L: short to VCC"},   {0x70, "CAN-L: short to ground"},
    {0x80, "CAN-L: short to CAN-H"},
};

void append(std::string& text, std::string_view more) {
  if (!text.empty()) text += ", ";
  text += more;
}

std::string bits(std::uint8_t value, std::span<const Word> words) {
  std::string text;
  for (const Word& word : words)
    if (value & word.value) append(text, word.text);
  return text;
}

std::string one_of(std::uint8_t value, std::span<const Word> words) {
  for (const Word& word : words)
    if (word.value == value) return std::string(word.text);
  return value == 0 ? "" : fmt::format("0x{:02X}", value);
}

std::string protocol(const Message& m) {
  std::string text = bits(m.data[kProtocolKind], kProtocolKinds);
  if (const std::string place = one_of(m.data[kProtocolPlace], kPlaces); !place.empty())
    append(text, "at " + place);
  return text;
}

std::string transceiver(const Message& m) {
  std::string text = one_of(m.data[kWires] & 0x0F, kWireStates);
  if (const std::string low = one_of(m.data[kWires] & 0xF0, kWireStates); !low.empty())
    append(text, low);
  return text;
}

}  // namespace

std::vector<std::string> error_words(const Message& m) {
  std::vector<std::string> lines;
  if (!m.error) return lines;
  const auto add = [&](std::uint32_t wanted, std::string_view name,
                       const std::string& detail = {}) {
    if ((m.id & wanted) == 0) return;
    lines.emplace_back(name);
    if (!detail.empty()) lines.back().append(": ").append(detail);
  };
  const bool detailed = m.length == 8;  // as the kernel's error frames always are
  add(kTxTimeout, "transmission timed out");
  add(kLostArbitration, "arbitration lost",
      detailed && m.data[kLostBit] ? fmt::format("in bit {}", m.data[kLostBit]) : "");
  add(kController, "controller problem",
      detailed ? bits(m.data[kControllerBits], kControllerStates) : "");
  add(kProtocol, "protocol violation", detailed ? protocol(m) : "");
  add(kTransceiver, "transceiver status", detailed ? transceiver(m) : "");
  add(kNoAck, "no acknowledgement received");
  add(kBusOff, "bus off");
  add(kBusError, "bus error");
  add(kRestarted, "controller restarted");
  add(kCounters, "error counters",
      detailed ? fmt::format("{} sending, {} receiving", m.data[kTxErrors], m.data[kRxErrors])
               : "");
  return lines;
}

}  // namespace can
