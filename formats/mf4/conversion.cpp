// SPDX-License-Identifier: MIT
#include "formats/mf4/conversion.h"

#include <algorithm>
#include <cmath>

namespace can::mf4 {
namespace {

constexpr std::uint64_t kHeader = 24;  // bytes of a CC block before its values
constexpr std::uint64_t kMaxValues = 4096;

}  // namespace

Conversion::Conversion(Blocks& blocks, std::uint64_t link) {
  if (link == 0) return;
  const Block block = blocks.at(link, "CC");
  const auto kind = blocks.number<std::uint8_t>(block, 0);
  const std::uint64_t room = block.data_size() / sizeof(double);
  const std::uint64_t count =
      std::min<std::uint64_t>({blocks.number<std::uint16_t>(block, 6), room, kMaxValues});
  for (std::uint64_t i = 0; i < count; ++i)
    values_.push_back(blocks.number<double>(block, kHeader + i * sizeof(double)));
  const std::size_t needed = kind == 1 ? 2 : kind == 2 ? 6 : kind >= 4 && kind <= 6 ? 2 : 0;
  if (needed > 0 && values_.size() >= needed) kind_ = static_cast<Kind>(kind);
  if (kind_ == Kind::linear && values_[0] == 0 && values_[1] == 1) kind_ = Kind::identity;
}

int Conversion::decimals() const {
  constexpr double kSteps[] = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
  if (identity()) return 0;
  if (kind_ != Kind::linear || values_[0] != 0) return -1;
  const auto* found = std::ranges::find(kSteps, values_[1]);
  return found == std::end(kSteps) ? -1 : static_cast<int>(found - kSteps);
}

double Conversion::apply(double raw) const {
  const auto& v = values_;
  switch (kind_) {
    case Kind::linear:
      return v[0] + v[1] * raw;
    case Kind::rational:
      return (v[0] * raw * raw + v[1] * raw + v[2]) / (v[3] * raw * raw + v[4] * raw + v[5]);
    case Kind::interpolated:
      return interpolate(raw);
    case Kind::table:
      return nearest(raw);
    case Kind::ranges:
      return of_range(raw);
    case Kind::identity:
      break;
  }
  return raw;
}

/// The values are pairs of a raw and a physical value.
double Conversion::interpolate(double raw) const {
  if (raw <= values_[0]) return values_[1];
  for (std::size_t i = 2; i + 1 < values_.size(); i += 2) {
    const double left = values_[i - 2], width = values_[i] - left;
    if (raw <= values_[i])
      return values_[i - 1] +
             (values_[i + 1] - values_[i - 1]) * (width > 0 ? (raw - left) / width : 1);
  }
  return values_[(values_.size() - 2) / 2 * 2 + 1];
}

double Conversion::nearest(double raw) const {
  std::size_t best = 0;
  for (std::size_t i = 2; i + 1 < values_.size(); i += 2)
    if (std::abs(values_[i] - raw) < std::abs(values_[best] - raw)) best = i;
  return values_[best + 1];
}

/// The values are triples of first, last and physical value, and then the value of all others.
double Conversion::of_range(double raw) const {
  for (std::size_t i = 0; i + 2 < values_.size(); i += 3)
    if (values_[i] <= raw && raw <= values_[i + 1]) return values_[i + 2];
  return values_.back();
}

}  // namespace can::mf4
