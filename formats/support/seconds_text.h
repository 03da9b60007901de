// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "formats/support/put_text.h"
#include "libcan/model/floor_rest.h"

namespace can {

/// Writes times as seconds with decimals. It caches the text of the last second, which most
/// messages share.
class SecondsText {
 public:
  /// At least `width` characters before the point, padded with `fill`.
  explicit SecondsText(std::size_t width = 1, char fill = '0') : width_(width), fill_(fill) {}

  /// Writes 6 or 9 decimals; returns the end. The buffer has room for kLongest characters, all of
  /// which may change.
  char* put_micros(char* at, std::chrono::nanoseconds time) {
    if (time.count() < 0) time = floor_to(time, std::chrono::microseconds(1));
    at = put_whole(at, time);
    return put_padded<6>(at, nanos_ / 1000);
  }
  char* put_nanos(char* at, std::chrono::nanoseconds time) {
    at = put_whole(at, time);
    at = put_padded<8>(at, nanos_ / 10);
    *at = static_cast<char>('0' + nanos_ % 10);
    return at + 1;
  }
  static constexpr std::size_t kLongest = 32;

 private:
  char* put_whole(char* at, std::chrono::nanoseconds time) {
    const auto since = static_cast<std::uint64_t>(time.count()) - start_;
    if (since >= 1'000'000'000 || render_each_) {
      render(time);
      nanos_ = first_nanos_;
    } else {
      nanos_ = static_cast<std::uint32_t>(since);
    }
    std::memcpy(at, text_, kLongest);  // of constant size, so without a call
    return at + size_;
  }
  void render(std::chrono::nanoseconds time);

  std::size_t width_;
  char fill_;
  char text_[kLongest] = {};  // "1551774790."
  std::size_t size_ = 0;
  std::uint64_t start_ = 0;  // time of the second in text_, ns
  bool render_each_ = true;  // text_ is empty, or for a time before 0
  std::uint32_t nanos_ = 0, first_nanos_ = 0;
};

}  // namespace can
