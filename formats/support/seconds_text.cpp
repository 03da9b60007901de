// SPDX-License-Identifier: MIT
#include "formats/support/seconds_text.h"

namespace can {
namespace {

constexpr std::uint64_t kNanos = 1'000'000'000;

}  // namespace

void SecondsText::render(std::chrono::nanoseconds time) {
  const bool negative = time.count() < 0;
  const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(time.count())
                                  : static_cast<std::uint64_t>(time.count());
  const std::uint64_t seconds = magnitude / kNanos;
  first_nanos_ = static_cast<std::uint32_t>(magnitude % kNanos);
  start_ = magnitude - first_nanos_;
  render_each_ = negative;
  char digits[24];
  char* first = digits;
  if (negative && fill_ != '0') *first++ = '-';
  const char* end = put_decimal(first, seconds);
  const auto length = static_cast<std::size_t>(end - digits);
  char* at = text_;
  if (negative && fill_ == '0') *at++ = '-';
  if (length < width_) {
    std::memset(at, fill_, width_ - length);
    at += width_ - length;
  }
  at = put_text(at, {digits, length});
  *at++ = '.';
  size_ = static_cast<std::size_t>(at - text_);
}

}  // namespace can
