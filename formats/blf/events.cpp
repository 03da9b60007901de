// SPDX-License-Identifier: MIT
#include "formats/blf/events.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "libcan/model/ascii.h"

namespace can::blf {
namespace {

/// The fields behind an object's header; zeros where bytes are missing.
class Body {
 public:
  Body(const ObjectHeader& header, const char* at)
      : bytes_(at, std::min<std::size_t>(header.size, kMaxEvent)) {
    bytes_.remove_prefix(std::min<std::size_t>(header.header_size, bytes_.size()));
  }

  template <class Number>
  Number field(std::size_t offset) const {
    return offset + sizeof(Number) <= bytes_.size() ? get<Number>(bytes_.data() + offset)
                                                    : Number{};
  }
  unsigned channel() const { return field<std::uint16_t>(0); }

  /// A text up to its zero.
  std::string_view raw(std::size_t offset, std::uint32_t length) const {
    const std::string_view whole = bytes_.substr(std::min(offset, bytes_.size()), length);
    return whole.substr(0, whole.find('\0'));
  }

  /// The text in quotes, with control characters as \xNN.
  std::string text(std::size_t offset, std::uint32_t length) const {
    const bool cut = bytes_.size() - std::min(offset, bytes_.size()) < length;
    return fmt::format("'{}{}'", escaped(raw(offset, length)), cut ? "..." : "");
  }

 private:
  std::string_view bytes_;
};

/// CAN_STATISTIC (4): channel, load in 1/100 %, counts of frames since the last one (u32 each).
std::string statistic(const Body& body) {
  const auto count = [&](std::size_t at) { return body.field<std::uint32_t>(at); };
  return fmt::format(
      "statistic of channel {}: load {:.2f} %, data {}, extended {}, remote {}, "
      "extended remote {}, error {}, overload {}",
      body.channel(), body.field<std::uint16_t>(2) / 100.0, count(4), count(8), count(12),
      count(16), count(20), count(24));
}

/// CAN_DRIVER_ERROR (31) and _EXT (74): channel, error counters (u8 each), the driver's code.
std::string driver_error(const Body& body) {
  return fmt::format("driver error of channel {}: tx errors {}, rx errors {}, code 0x{:x}",
                     body.channel(), body.field<std::uint8_t>(2), body.field<std::uint8_t>(3),
                     body.field<std::uint32_t>(4));
}

constexpr std::size_t kMarkerTexts = 40, kCommentText = 16;

/// GLOBAL_MARKER (96): layout in writer.cpp.
std::string marker(const Body& body) {
  const auto group = body.field<std::uint32_t>(16), name = body.field<std::uint32_t>(20),
             description = body.field<std::uint32_t>(24);
  const std::size_t behind_group = kMarkerTexts + group, behind_name = behind_group + name;
  const auto text = body.text(behind_group, name);
  if (description == 0) return fmt::format("marker {}", text);
  return fmt::format("marker {} {}", text, body.text(behind_name, description));
}

}  // namespace

bool holds_event(ObjectType type) {
  switch (type) {
    case ObjectType::can_overload:
    case ObjectType::can_statistic:
    case ObjectType::can_driver_error:
    case ObjectType::can_driver_error_ext:
    case ObjectType::app_text:
    case ObjectType::overrun_error:
    case ObjectType::event_comment:
    case ObjectType::global_marker:
    case ObjectType::data_lost_end:
      return true;
    default:
      return false;
  }
}

std::string event_text(const ObjectHeader& header, const char* at) {
  const Body body(header, at);
  switch (header.type) {
    case ObjectType::can_overload:
      return fmt::format("overload frame on channel {}", body.channel());
    case ObjectType::can_statistic:
      return statistic(body);
    case ObjectType::can_driver_error:
    case ObjectType::can_driver_error_ext:
      return driver_error(body);
    case ObjectType::app_text:  // other sources than 0: databases, metadata
      return body.field<std::uint32_t>(0) != 0
                 ? ""
                 : "text " + body.text(16, body.field<std::uint32_t>(8));
    case ObjectType::overrun_error:
      return fmt::format("messages lost on channel {}", body.field<std::uint16_t>(4));
    case ObjectType::event_comment:
      return "comment " + body.text(kCommentText, body.field<std::uint32_t>(4));
    case ObjectType::global_marker:
      return marker(body);
    case ObjectType::data_lost_end:
      return fmt::format("{} events lost", body.field<std::uint32_t>(12));
    default:
      return {};
  }
}

std::string remark_of(const ObjectHeader& header, const char* at) {
  const Body body(header, at);
  if (header.type == ObjectType::event_comment)
    return std::string(body.raw(kCommentText, body.field<std::uint32_t>(4)));
  if (header.type != ObjectType::global_marker) return {};
  return std::string(
      body.raw(kMarkerTexts + body.field<std::uint32_t>(16), body.field<std::uint32_t>(20)));
}

}  // namespace can::blf
