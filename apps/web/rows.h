// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cansuite/signals.h"
#include "libcan/flow/bus_view.h"

namespace can::web {

/// The rows of the page, a channel and id each, as JSON for viewers who have had different updates.
/// Versions count the updates; a row knows when it came and when each of its bytes changed. Used by
/// one thread.
class Rows {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Version = std::uint64_t;

  /// Null: messages have no names and signals.
  explicit Rows(const std::shared_ptr<const signals::Catalog>& catalog = nullptr);

  void add(std::span<const Message> messages) { view_.add(messages); }
  /// Gives the rows that were updated since the last look() the version `next`. Returns whether
  /// there are any.
  bool look(Version next, Time now);
  /// Appends what changed since the version `seen`, 0 for all: "h", the rows that are new, and "r",
  /// the rows with messages:
  ///
  ///   "h": [[row, channel, id, name, extended, error, [[signal, unit], ...]], ...]
  ///   "r": [[row, count, period, jitter, age, data, [changed byte, ...], flags, length,
  ///          [[signal, value, text], ...], words], ...]
  ///
  /// Period and jitter in microseconds, age in milliseconds, data in hexadecimal; flags: 1 sent, 2
  /// remote, 4 FD, 8 BRS, 16 ESI. Signals count from 0 as in "h", without a text where the value
  /// has none. The words are those of an error frame.
  void append(std::string& json, Version seen, Time now) const;

  const BusView& view() const { return view_; }

 private:
  struct Row {
    Version born = 0, updated = 0;
    Time came{};
    std::array<std::uint32_t, 64> changed_at{};  // versions of the bytes; 0: never changed
    const signals::MessageDefinition* known = nullptr;
  };

  void append_head(std::string& json, std::size_t index) const;
  void append_row(std::string& json, std::size_t index, Version seen, Time now) const;
  void append_values(std::string& json, const Message& message) const;

  BusView view_;
  std::vector<Row> rows_;                            // as those of view_
  mutable std::optional<signals::Decoder> decoder_;  // reuses its memory
};

}  // namespace can::web
