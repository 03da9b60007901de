// SPDX-License-Identifier: MIT
#include "formats/mf4/events.h"

#include <algorithm>
#include <cmath>

#include "formats/mf4/time_field.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::size_t kMaxEvents = 10'000;
// Links of an EV block.
constexpr std::uint64_t kNext = 0, kName = 3, kComment = 4;

std::string_view type_name(std::uint8_t type) {
  constexpr std::string_view kNames[] = {
      "recording",     "recording interrupt", "acquisition interrupt",
      "start trigger", "stop trigger",        "trigger",
      "marker"};
  return type < std::size(kNames) ? kNames[type] : "event";
}

/// Data section of an EV block, as far as it is used:
///    0  u8   type
///    1  u8   what it is synchronized by: 1 time
///   16  i64  base; the time is base * factor
///   24  f64  factor, seconds
std::int64_t time_of(Blocks& blocks, const Block& block) {
  const auto base = blocks.number<std::int64_t>(block, 16);
  const auto factor = blocks.number<double>(block, 24);
  if (factor == 1e-9) return base;
  return nanoseconds_of(static_cast<double>(base) * factor, 0).value_or(0);
}

/// A text block, or the TX element of one with XML.
std::string text_of(Blocks& blocks, std::uint64_t link) {
  const std::string text = blocks.text(link);
  return text.find("<TX") == text.npos ? text : element_of(text, "TX");
}

Event read_event(Blocks& blocks, const Block& block) {
  const auto type = blocks.number<std::uint8_t>(block, 0);
  const std::string name = text_of(blocks, blocks.link(block, kName)),
                    comment = text_of(blocks, blocks.link(block, kComment));
  Event event{.time = time_of(blocks, block), .text = std::string(type_name(type))};
  for (const std::string* each : {&name, &comment})
    if (!each->empty()) event.text += fmt::format(" '{}'", escaped(*each));
  if (type == kMarker) event.remark = name.empty() ? comment : name;
  return event;
}

}  // namespace

std::vector<Event> read_events(Blocks& blocks, const FileHeader& header,
                               std::vector<std::string>& problems) {
  std::vector<Event> events;
  if (!header.comment.empty())
    events.push_back({0, fmt::format("comment '{}'", escaped(header.comment)), header.comment});
  try {
    for (std::uint64_t link = header.first_event; link != 0 && events.size() < kMaxEvents;) {
      const Block block = blocks.at(link, "EV");
      events.push_back(read_event(blocks, block));
      link = blocks.link(block, kNext);
    }
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
    problems.emplace_back(error.what());
  }
  std::ranges::stable_sort(events, {}, &Event::time);
  return events;
}

}  // namespace can::mf4
