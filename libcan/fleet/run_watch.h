// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace can::fleet {

/// Notices where several programs publish for one vehicle: their runs come by turns. A program that
/// follows another one, or sends what another one left, takes one turn.
class RunWatch {
 public:
  using Pair = std::pair<std::uint64_t, std::uint64_t>;

  /// A batch of the run was stored. Returns it with the run before, if it has come back twice;
  /// each run is told once.
  std::optional<Pair> add(std::uint64_t run);

 private:
  struct Seen {
    std::uint64_t run;
    unsigned returns = 0;
  };

  std::vector<Seen> runs_;  // the latest ones, the last of them in front
};

}  // namespace can::fleet
