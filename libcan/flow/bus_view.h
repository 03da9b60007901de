// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cansuite/message.h"

namespace can {

/// What is on a bus now: for each channel and id the last message, how often and how regularly it
/// comes, and which of its bits have changed since a reader looked last. For one thread; no
/// allocation but for ids that are new.
class BusView {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  /// Rows that are kept; messages of further ids are counted in others().
  static constexpr std::size_t kMaxRows = 20'000;

  /// All messages of a channel and id. Error frames have a row of their own for each class.
  struct Row {
    Message last;             ///< the latest message
    std::uint64_t count = 0;  ///< messages so far
    nanoseconds period{};     ///< smoothed time between two messages; 0: there was only one
    nanoseconds jitter{};     ///< smoothed difference of the times from the period
    /// Bits that changed since look(), one for each bit of the data, also if they changed back.
    std::array<std::uint8_t, 64> changed{};
    /// Bits that ever changed.
    std::array<std::uint8_t, 64> ever_changed{};
    bool fresh = true;           ///< the row was not there at the last look()
    bool updated = true;         ///< a message came since look()
    std::uint64_t seen = 0;      ///< `count` at the last look()
    bool length_varies = false;  ///< messages had different lengths
  };

  void add(std::span<const Message> messages);

  /// In the order in which they appeared. A reference is valid until the next add().
  std::span<const Row> rows() const { return rows_; }
  /// Calls `use(row, index)` for each row that was updated since the last look(), then counts its
  /// changes from now on.
  template <class Use>
  void look(Use&& use) {
    for (std::size_t index = 0; index < rows_.size(); ++index) {
      Row& row = rows_[index];
      if (!row.updated) continue;
      use(std::as_const(row), index);
      row.changed = {};
      row.seen = row.count;
      row.fresh = row.updated = false;
    }
  }

  std::uint64_t messages() const { return messages_; }  ///< so far, error frames included
  std::uint64_t errors() const { return errors_; }      ///< error frames so far
  std::uint64_t others() const { return others_; }      ///< messages without a row
  nanoseconds latest() const { return latest_; }        ///< the latest time of a message

  /// Forgets all rows and counts.
  void clear() { *this = BusView(); }

 private:
  struct Hash {
    std::size_t operator()(std::uint64_t key) const { return (key * 0x9E3779B97F4A7C15) >> 20; }
  };

  Row* row_of(const Message& message);

  std::vector<Row> rows_;
  std::unordered_map<std::uint64_t, std::uint32_t, Hash> index_;  // in rows_
  std::uint64_t messages_ = 0, errors_ = 0, others_ = 0;
  nanoseconds latest_{};
};

}  // namespace can
