// SPDX-License-Identifier: MIT
#include "libcan/flow/lateness.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace can {
namespace {

using std::chrono::nanoseconds;

/// Values below 2^(fine + 1) have a class each; above, a class is a value's first bits.
std::size_t class_of(std::uint64_t value, unsigned fine) {
  const unsigned width = static_cast<unsigned>(std::bit_width(value));
  if (width <= fine + 1) return value;
  const unsigned shift = width - fine - 1;
  return (static_cast<std::size_t>(shift) << fine) + (value >> shift);
}

/// The least value of the next class, less one.
std::uint64_t last_of_class(std::size_t index, unsigned fine) {
  if (index < std::size_t{2} << fine) return index;
  const std::size_t shift = (index >> fine) - 1;
  const std::uint64_t first_bits = (index & ((std::size_t{1} << fine) - 1)) + (1ULL << fine);
  return ((first_bits + 1) << shift) - 1;
}

}  // namespace

void Lateness::add(nanoseconds late) {
  late = std::max(late, nanoseconds(0));
  ++classes_[class_of(static_cast<std::uint64_t>(late.count()), kFine)];
  ++count_;
  over_ += late > std::chrono::milliseconds(1);
  max_ = std::max(max_, late);
}

nanoseconds Lateness::percentile(double share) const {
  const double wanted = std::max(1.0, std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kClasses && count_ > 0; ++i) {
    seen += classes_[i];
    if (static_cast<double>(seen) >= wanted)
      return std::min(max_, nanoseconds(static_cast<std::int64_t>(last_of_class(i, kFine))));
  }
  return max_;
}

}  // namespace can
