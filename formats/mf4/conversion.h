// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "formats/mf4/block.h"

namespace can::mf4 {

/// How the raw value of a channel becomes its physical value: a CC block. Conversions to and from
/// text, and formulas, leave the raw value.
class Conversion {
 public:
  Conversion() = default;
  /// Reads the block at `link`; 0: identity. Throws Errc::corrupt.
  Conversion(Blocks& blocks, std::uint64_t link);

  bool identity() const { return kind_ == Kind::identity; }
  double apply(double raw) const;

  /// k where the value is raw * 10^-k, with k from 0 to 9; -1 for another conversion.
  int decimals() const;

 private:
  enum class Kind : std::uint8_t {
    identity = 0,
    linear = 1,
    rational = 2,
    interpolated = 4,
    table = 5,
    ranges = 6
  };
  double interpolate(double raw) const;
  double nearest(double raw) const;
  double of_range(double raw) const;

  Kind kind_ = Kind::identity;
  std::vector<double> values_;
};

}  // namespace can::mf4
