// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libcan/signals/statements.h"

namespace can::signals {

/// Finds the messages and signals that statements are about, by the names and ids of BO_ and SG_.
/// Of two messages with one id, or signals with one name, the first is found. The statements must
/// outlive the index.
class Index {
 public:
  explicit Index(Statements& statements);

  MessageDefinition* message(const Target& target);
  Signal* signal(const Target& target);

  /// The place of a signal among those of the message.
  bool find(std::size_t message, std::string_view name, std::size_t& place) const;
  /// The place of a message.
  bool find(std::uint64_t id, std::size_t& place) const;

 private:
  struct Key {
    std::size_t message;
    std::string_view name;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.name) + key.message * 0x9E3779B97F4A7C15u;
    }
  };

  std::vector<MessageDefinition>& messages_;
  std::unordered_map<std::uint64_t, std::size_t> by_id_;
  std::unordered_map<Key, std::size_t, Hash> signals_;
};

}  // namespace can::signals
