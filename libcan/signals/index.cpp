// SPDX-License-Identifier: MIT
#include "libcan/signals/index.h"

namespace can::signals {

Index::Index(Statements& statements) : messages_(statements.database.messages) {
  for (std::size_t m = 0; m < messages_.size(); ++m) {
    by_id_.emplace(statements.places[m].id, m);
    const auto& signals = messages_[m].signals;
    for (std::size_t s = 0; s < signals.size(); ++s)
      signals_.emplace(Key{m, signals[s].short_name}, s);
  }
}

bool Index::find(std::uint64_t id, std::size_t& place) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return false;
  place = found->second;
  return true;
}

bool Index::find(std::size_t message, std::string_view name, std::size_t& place) const {
  const auto found = signals_.find(Key{message, name});
  if (found == signals_.end()) return false;
  place = found->second;
  return true;
}

MessageDefinition* Index::message(const Target& target) {
  std::size_t place = 0;
  return find(target.id, place) ? &messages_[place] : nullptr;
}

Signal* Index::signal(const Target& target) {
  std::size_t message = 0, place = 0;
  if (!find(target.id, message) || !find(message, target.name, place)) return nullptr;
  return &messages_[message].signals[place];
}

}  // namespace can::signals
