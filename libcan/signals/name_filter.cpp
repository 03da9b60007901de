// SPDX-License-Identifier: MIT
#include "libcan/signals/name_filter.h"

#include <fmt/core.h>

#include <algorithm>

#include "libcan/signals/addresses.h"

namespace can::signals {
namespace {

constexpr std::uint32_t kGroup = 0x03FFFF00, kGroupWithDestination = 0x03FF0000;

const MessageDefinition* find(std::string_view name, const Catalog& catalog) {
  for (const BoundDatabase& bound : catalog.databases) {
    const auto& messages = bound.database->messages;
    const auto found = std::ranges::find(messages, name, &MessageDefinition::name);
    if (found != messages.end() && found->reachable) return &*found;
  }
  return nullptr;
}

}  // namespace

std::string filter_text(const MessageDefinition& message) {
  if (!message.extended) return fmt::format("standard:{:03X}:7FF", message.id);
  const bool addressed = destination_of(message.id).has_value();
  const std::uint32_t mask = !message.j1939 ? kExtendedIdMask
                             : addressed    ? kGroupWithDestination
                                            : kGroup;
  return fmt::format("{:08X}:{:08X}", message.id, mask);
}

std::string with_ids(std::string_view filters, const Catalog& catalog) {
  constexpr std::string_view kSeparators = ", \t";
  std::string made;
  while (!filters.empty()) {
    const std::size_t end = std::min(filters.find_first_of(kSeparators), filters.size());
    const std::string_view word = filters.substr(0, end);
    const MessageDefinition* const message = find(word, catalog);
    made += message ? filter_text(*message) : std::string(word);
    filters.remove_prefix(end);
    const std::size_t next = std::min(filters.find_first_not_of(kSeparators), filters.size());
    made.append(filters.substr(0, next));
    filters.remove_prefix(next);
  }
  return made;
}

}  // namespace can::signals
