// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/support/input.h"
#include "libcan/canb/canb.h"

namespace can::canb {

/// A batch of a log.
struct Batch {
  BatchInfo info;
  std::vector<Message> messages;
  std::uint64_t offset = 0;  ///< of its first byte, bytes
};

/// Reads the batches of a log in order.
class BatchReader {
 public:
  explicit BatchReader(std::unique_ptr<Source> source) : input_(std::move(source)) {}

  /// Reads the next batch; false at the end. Throws Errc::corrupt with the place of a damaged one;
  /// the call after that searches for the next sound one.
  bool next(Batch& batch);

  /// Whether next() returns without waiting for input.
  bool at_hand() const;

  /// The bytes that were skipped before the last batch. Resets the count.
  std::uint64_t drain_skipped() { return std::exchange(skipped_, 0); }

  std::uint64_t offset() const { return input_.offset(); }  ///< behind the last batch, bytes
  std::string_view name() const { return input_.name(); }

 private:
  bool next_sound(Batch& batch);
  /// Reads the batch at the start of the input; returns what is wrong with it, "" for nothing.
  std::string read(Batch& batch);
  bool find_next();
  void skip(std::size_t bytes);

  Input input_;
  bool lost_ = false;          // behind a damaged batch: the next one is searched for
  std::uint64_t skipped_ = 0;  // bytes
};

}  // namespace can::canb
