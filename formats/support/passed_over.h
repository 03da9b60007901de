// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace can {

/// Counts one kind of item that a reader skips, for one report with the first place.
class PassedOver {
 public:
  /// `noun` as in "CAN XL frame", `what` as in "left out". Both outlive the object.
  constexpr PassedOver(std::string_view noun, std::string_view what) : noun_(noun), what_(what) {}

  /// Counts one. `place` returns its place ("line 7: 'abc'") and is called for the first only.
  template <class Place>
  void add(Place place) {
    if (count_++ == 0) first_ = place();
  }

  std::uint64_t count() const { return count_; }

  /// "12 CAN XL frames left out, the first at line 7: 'abc'". Counting restarts.
  std::string drain_report() {
    const std::uint64_t count = std::exchange(count_, 0);
    return count == 1 ? fmt::format("1 {} {}, at {}", noun_, what_, first_)
                      : fmt::format("{} {}s {}, the first at {}", count, noun_, what_, first_);
  }

 private:
  std::string_view noun_, what_;
  std::uint64_t count_ = 0;
  std::string first_;
};

inline PassedOver xl_frames() { return {"CAN XL frame", "left out"}; }

}  // namespace can
