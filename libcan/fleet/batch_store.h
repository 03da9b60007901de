// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/fleet/position.h"

namespace can::fleet {

/// Keeps the batches of vehicles, each once and in order. Used by one thread. The names of vehicles
/// and the bytes of batches come from the network: anything may stand in them.
class BatchStore {
 public:
  virtual ~BatchStore() = default;

  /// What became of a batch.
  enum class Verdict {
    stored,     ///< it is in a file, and durable after the next sync()
    duplicate,  ///< it was stored before
    gap,        ///< batches before it are missing; the vehicle sends it again
    damaged,    ///< it is no batch, or can't be stored
  };

  /// Stores the batch if it is the next one of the vehicle's run.
  virtual Verdict put(std::string_view vehicle, std::span<const std::uint8_t> batch) = 0;

  /// The vehicle has no batch before this position any more: what the store lacks is lost, and the
  /// batch at the position, perhaps of another run, is the next one. Without effect where that
  /// batch was stored.
  virtual void begin(std::string_view vehicle, Position next) = 0;

  /// Makes durable what put() stored. Returns the vehicles that have new batches. Throws Errc::io:
  /// nothing may be acknowledged then.
  virtual std::vector<std::string> sync() = 0;

  /// The last batch up to which all are durable, also from before this program: of the run whose
  /// batch was stored last, and of any run. Empty: none.
  virtual std::optional<Position> durable(std::string_view vehicle) = 0;
  virtual std::optional<Position> durable(std::string_view vehicle, std::uint64_t run) = 0;

  /// Messages that were in files which someone removed since the store was made.
  virtual std::uint64_t removed() { return 0; }
};

}  // namespace can::fleet
