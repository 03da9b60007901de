// SPDX-License-Identifier: MIT
#include "libcan/signals/message_table.h"

#include <bit>

namespace can::signals {

void MessageTable::Numbers::reserve(std::size_t count) {
  slots_.assign(std::bit_ceil(count * 2 + 2), {});
}

void MessageTable::Numbers::add(std::uint32_t key, std::uint32_t number) {
  if (find(key) != kNone) return;
  std::size_t at = place(key);
  while (slots_[at].number != kNone) at = (at + 1) & mask();
  slots_[at] = {key, number};
}

MessageTable::MessageTable(const Database& database, std::uint32_t first) {
  standard_.fill(kNone);
  extended_.reserve(database.messages.size());
  groups_.reserve(database.messages.size());
  std::uint32_t number = first;
  for (const MessageDefinition& message : database.messages) {
    if (message.reachable) {
      if (!message.extended)
        standard_[message.id & kStandardIdMask] = number;
      else
        extended_.add(message.id, number);
      if (message.extended && message.j1939) groups_.add(parameter_group(message.id), number);
    }
    ++number;
  }
}

}  // namespace can::signals
