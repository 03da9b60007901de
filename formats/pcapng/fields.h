// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "formats/pcapng/pcapng.h"

namespace can::pcapng {

/// Reads numbers in the byte order of a section or file.
class Fields {
 public:
  Fields(std::span<const char> bytes, bool swapped) : bytes_(bytes), swapped_(swapped) {}

  std::size_t size() const { return bytes_.size(); }
  std::span<const char> bytes(std::size_t at, std::size_t size) const {
    return bytes_.subspan(std::min(at, bytes_.size()),
                          std::min(size, bytes_.size() - std::min(at, bytes_.size())));
  }
  /// 0 for a number outside.
  template <class T>
  T get(std::size_t at) const {
    T value{};
    if (at > bytes_.size() || bytes_.size() - at < sizeof value) return 0;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    if (!swapped_) return value;
    if constexpr (sizeof value == 2) return __builtin_bswap16(value);
    if constexpr (sizeof value == 4) return __builtin_bswap32(value);
    return static_cast<T>(__builtin_bswap64(value));
  }

 private:
  std::span<const char> bytes_;
  bool swapped_;
};

/// Calls use(code, value) for each option from `at` on.
template <class Use>
void each_option(const Fields& block, std::size_t at, Use use) {
  while (at + 4 <= block.size()) {
    const auto code = block.get<std::uint16_t>(at), size = block.get<std::uint16_t>(at + 2);
    if (code == kEndOfOptions || block.size() - at - 4 < size) return;
    use(code, block.bytes(at + 4, size));
    at += 4 + (size + 3u) / 4 * 4;
  }
}

}  // namespace can::pcapng
