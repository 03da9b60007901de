// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "drivers/remote/link.h"

namespace can::remote {

/// The events that a client has still to write to its server. Used by one thread at a time.
class Unsent {
 public:
  std::size_t size() const { return bytes_.size() - written_; }  ///< bytes

  /// Appends whole events.
  void add(std::span<const std::uint8_t> events);

  /// Writes what the connection takes without waiting. Over another connection than before, writes
  /// each event again that the former one has not taken entirely; none where their versions differ.
  /// True if no byte is left. Throws as Transport::write().
  bool write(const std::shared_ptr<Link>& link);

 private:
  void change_to(const std::shared_ptr<Link>& link);

  std::weak_ptr<Link> link_;        // took the first written_ bytes
  std::optional<Version> version_;  // of link_
  std::vector<std::uint8_t> bytes_;
  std::size_t written_ = 0;
};

}  // namespace can::remote
