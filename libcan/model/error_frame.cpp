// SPDX-License-Identifier: MIT
#include "libcan/model/error_frame.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace can {
namespace {

// Classes: bits of the id.
enum Class : std::uint32_t {
  kTxTimeout = 0x001,
  kLostArbitration = 0x002,
  kController = 0x004,
  kProtocol = 0x008,
  kTransceiver = 0x010,
  kNoAck = 0x020,
  kBusOff = 0x040,
  kBusError = 0x080,
  kRestarted = 0x100,
  kCounters = 0x200,
};

struct Word {
  std::uint8_t value;
  std::string_view text;
};

// data[1], bits.
constexpr Word kControllerBits[] = {
    {0x01, "receive buffer overflow"}, {0x02, "transmit buffer overflow"},
    {0x04, "receive error warning"},   {0x08, "transmit error warning"},
    {0x10, "receive error passive"},   {0x20, "transmit error passive"},
    {0x40, "back to error active"},
};

// data[2], bits.
constexpr Word kProtocolBits[] = {
    {0x01, "single bit error"},
    {0x02, "frame format error"},
    {0x04, "bit stuffing error"},
    {0x08, "unable to send a dominant bit"},
    {0x10, "unable to send a recessive bit"},
    {0x20, "bus overload"},
    {0x40, "active error announcement"},
    {0x80, "while sending"},
};

// data[3], values.
constexpr Word kPlaces[] = {
    {0x02, "id bits 28 to 21"},  {0x03, "the start of frame"}, {0x04, "the SRR bit (RTR)"},
    {0x05, "the IDE bit"},       {0x06, "id bits 20 to 18"},   {0x07, "id bits 17 to 13"},
    {0x08, "the CRC sequence"},  {0x09, "reserved bit 0"},     {0x0A, "the data"},
    {0x0B, "the DLC"},           {0x0C, "the RTR bit"},        {0x0D, "reserved bit 1"},
    {0x0E, "id bits 4 to 0"},    {0x0F, "id bits 12 to 5"},    {0x12, "the intermission"},
    {0x18, "the CRC delimiter"}, {0x19, "the ACK slot"},       {0x1A, "the end of frame"},
    {0x1B, "the ACK delimiter"},
};

// data[4]: one half for each wire.
constexpr Word kWires[] = {
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
  std::string text = bits(m.data[2], kProtocolBits);
  if (const std::string place = one_of(m.data[3], kPlaces); !place.empty())
    append(text, "at " + place);
  return text;
}

std::string transceiver(const Message& m) {
  std::string text = one_of(m.data[4] & 0x0F, kWires);
  if (const std::string low = one_of(m.data[4] & 0xF0, kWires); !low.empty()) append(text, low);
  return text;
}

}  // namespace

std::vector<std::string> error_words(const Message& m) {
  std::vector<std::string> lines;
  if (!m.error) return lines;
  const auto add = [&](Class wanted, std::string_view name, const std::string& detail = {}) {
    if (m.id & wanted)
      lines.push_back(detail.empty() ? std::string(name) : fmt::format("{}: {}", name, detail));
  };
  const bool detailed = m.length == 8;  // the kernel's always are
  add(kTxTimeout, "transmission timed out");
  add(kLostArbitration, "arbitration lost",
      detailed && m.data[0] ? fmt::format("in bit {}", m.data[0]) : "");
  add(kController, "controller problem", detailed ? bits(m.data[1], kControllerBits) : "");
  add(kProtocol, "protocol violation", detailed ? protocol(m) : "");
  add(kTransceiver, "transceiver status", detailed ? transceiver(m) : "");
  add(kNoAck, "no acknowledgement received");
  add(kBusOff, "bus off");
  add(kBusError, "bus error");
  add(kRestarted, "controller restarted");
  add(kCounters, "error counters",
      detailed ? fmt::format("{} sending, {} receiving", m.data[6], m.data[7]) : "");
  return lines;
}

}  // namespace can
