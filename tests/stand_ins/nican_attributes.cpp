// SPDX-License-Identifier: MIT
// Configurations, attributes and texts of the stand-in for NI-CAN. Source: nican.h.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/stand_ins/nican.h"

namespace can::stand_in::nican {

Status Config::set(std::uint32_t attribute, std::uint32_t value) {
  const auto known = values_.find(attribute);
  if (known == values_.end()) return kBadAttribute;
  if (attribute == kBaudRate && bitrate_of(value) == 0) return kBadBaudRate;
  known->second = value;
  return kOk;
}

std::uint32_t Config::operator[](std::uint32_t attribute) const {
  const auto known = values_.find(attribute);
  return known == values_.end() ? 0 : known->second;
}

/// kNoId as comparator: no id of that format. An extended one has its bit in comparator and mask.
bool Config::accepts(const Frame& frame) const {
  const std::uint32_t id = frame.id | (frame.extended ? kExtendedId : 0);
  const std::uint32_t comparator =
      (*this)[frame.extended ? kExtendedComparator : kStandardComparator];
  const std::uint32_t mask = (*this)[frame.extended ? kExtendedMask : kStandardMask];
  return comparator != kNoId && ((id ^ comparator) & mask) == 0;
}

/// With bit 31 the low 16 bits are BTR0 and BTR1 of an SJA1000 at 16 MHz.
std::uint32_t Config::bitrate_of(std::uint32_t value) {
  if (!(value & 0x80000000)) return value <= 1'000'000 ? value : 0;
  const std::uint32_t btr0 = value >> 8 & 0xFF, btr1 = value & 0xFF;
  return 8'000'000 / (((btr0 & 0x3F) + 1) * (3 + (btr1 & 0xF) + (btr1 >> 4 & 7)));
}

Status channel_of(const char* name, int& channel) {
  constexpr char prefix[] = "CAN";
  for (int i = 0; i < 3; ++i)
    if (!name || std::toupper(static_cast<unsigned char>(name[i])) != prefix[i]) return kBadName;
  char* end = nullptr;
  channel = static_cast<int>(std::strtol(name + 3, &end, 10));
  if (end == name + 3 || *end != '\0') return kBadName;
  return present(channel) ? kOk : kBadInterface;
}

/// 1601 to 1970 is 11644473600 s.
std::uint64_t filetime(std::int64_t time_ns) {
  return static_cast<std::uint64_t>(time_ns / 100 + 116'444'736'000'000'000);
}

namespace {

Status give(void* buffer, std::uint32_t size, std::uint64_t value, std::uint32_t needed = 4) {
  if (!buffer || size < needed) return kBadParam;
  std::memcpy(buffer, &value, needed);
  return kOk;
}

Status attribute_of(Object& object, std::uint32_t attribute, std::uint32_t size, void* buffer) {
  const Channel channel = channel_state(object.port.channel());
  switch (attribute) {
    case kAbsoluteTime:
      return give(buffer, size, filetime(now_ns()), 8);
    case kState:
      return give(buffer, size, state_of(object));
    case kStatus:
      return give(buffer, size, static_cast<std::uint32_t>(object.background.load()));
    case kReadPending:
      return give(buffer, size, object.port.pending());
    case kWritePending:
      return give(buffer, size, channel.waiting.size());
    case kRxErrorCounter:
      return give(buffer, size, channel.rx_errors);
    case kTxErrorCounter:
      return give(buffer, size, channel.tx_errors);
    default:
      break;
  }
  if (!object.config.has(attribute)) return kBadAttribute;
  return give(buffer, size, object.config[attribute]);
}

const char* text_of(Status status) {
  switch (status & 0xFFF) {
    case 0x000:
      return "success";
    case 0x001:
      return "function timed out";
    case 0x003:
      return "bad object name";
    case 0x004:
      return "bad parameter";
    case 0x005:
      return "bad attribute";
    case 0x006:
      return "already open";
    case 0x008:
      return "write queue overflow";
    case 0x00B:
      return "communication error";
    case 0x023:
      return "no such interface";
    case 0x024:
      return "bad handle";
    case 0x068:
      return "read queue overflow";
    case 0x122:
      return "no transmission in listen only mode";
    case 0x124:
      return "bad baud rate";
    default:
      return "stand-in text";
  }
}

}  // namespace
}  // namespace can::stand_in::nican

namespace {
using namespace can::stand_in;
using namespace can::stand_in::nican;
}  // namespace

/// What isn't named has its preset; it holds for objects that are opened later.
STAND_IN_EXPORT Status NICAN_CALL ncConfig(const char* name, std::uint32_t count,
                                           const std::uint32_t* attributes,
                                           const std::uint32_t* values) {
  STAND_IN_CALL(Status);
  int channel = 0;
  Status status = channel_of(name, channel);
  Config config;
  for (std::uint32_t i = 0; i < count && status == kOk; ++i)
    status = config.set(attributes[i], values[i]);
  if (status != kOk) return status;
  keep_config(channel, config);
  set_setting(channel, "bitrate", Config::bitrate_of(config[kBaudRate]));
  set_setting(channel, "silent", config[kListenOnly]);
  return kOk;
}

STAND_IN_EXPORT Status NICAN_CALL ncGetAttribute(Handle handle, std::uint32_t attribute,
                                                 std::uint32_t size, void* buffer) {
  STAND_IN_CALL(Status);
  return with(handle,
              [&](Object& object) { return attribute_of(object, attribute, size, buffer); });
}

/// Attributes are set by ncConfig before an object is opened.
STAND_IN_EXPORT Status NICAN_CALL ncSetAttribute(Handle handle, std::uint32_t /*attribute*/,
                                                 std::uint32_t /*size*/, const void* /*buffer*/) {
  STAND_IN_CALL(Status);
  return with(handle, [](Object&) { return kBadAttribute; });
}

/// A card has one port; cards count from 1.
STAND_IN_EXPORT Status NICAN_CALL ncGetHardwareInfo(std::uint32_t card, std::uint32_t /*port*/,
                                                    std::uint32_t attribute, std::uint32_t size,
                                                    void* buffer) {
  STAND_IN_CALL(Status);
  const auto cards = static_cast<std::uint32_t>(device_count());
  if (attribute == kCardCount) return give(buffer, size, cards);
  if (attribute != kSerialNumber) return kBadAttribute;
  return card >= 1 && card <= cards ? give(buffer, size, 0x1000 + card) : kBadParam;
}

STAND_IN_EXPORT void NICAN_CALL ncStatusToString(Status status, std::uint32_t size, char* text) {
  called(__func__);
  std::snprintf(text, size, "stand-in: %s", text_of(status));
}
