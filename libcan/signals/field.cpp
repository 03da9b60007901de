// SPDX-License-Identifier: MIT
#include "libcan/signals/field.h"

#include <algorithm>

namespace can::signals {
namespace {

constexpr std::uint64_t low_bits(unsigned count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

void store(std::uint8_t* data, bool big, std::uint64_t word) {
  if (big != (std::endian::native == std::endian::big)) word = __builtin_bswap64(word);
  std::memcpy(data, &word, sizeof word);
}

}  // namespace

Field make_field(const Signal& s, std::size_t readable) {
  // Bits are counted from the first of the first byte on, in the order of the signal.
  const bool big = s.order == ByteOrder::big;
  const std::uint64_t first = big ? s.start / 8 * 8 + (7 - s.start % 8) : s.start;
  const std::uint64_t end = first + s.length;
  Field field{.end = static_cast<std::uint32_t>((end + 7) / 8), .big = big};
  const std::uint64_t byte = std::min<std::uint64_t>(first / 8, readable - 8);
  field.byte = static_cast<std::uint32_t>(byte);
  const std::uint64_t from = first - byte * 8;  // bit in the loaded word
  if (from + s.length > 64) field.ninth_bits = static_cast<std::uint8_t>(from + s.length - 64);
  field.shift = static_cast<std::uint8_t>(!big                   ? from
                                          : field.ninth_bits > 0 ? 0
                                                                 : 64 - from - s.length);
  field.mask = low_bits(s.length);
  if (s.is_signed && s.float_bits == 0) field.sign = std::uint64_t{1} << (s.length - 1);
  return field;
}

void insert(const Field& field, std::uint8_t* data, std::uint64_t raw) {
  std::uint8_t* const at = data + field.byte;
  const std::uint64_t word = load(at, field.big);
  raw &= field.mask;
  if (field.ninth_bits == 0)
    return store(at, field.big, (word & ~(field.mask << field.shift)) | raw << field.shift);
  const auto ninth = static_cast<std::uint8_t>(low_bits(field.ninth_bits));
  if (field.big) {
    const unsigned rest = 8u - field.ninth_bits;
    store(at, true, (word & ~(field.mask >> field.ninth_bits)) | raw >> field.ninth_bits);
    at[8] = static_cast<std::uint8_t>((at[8] & low_bits(rest)) | (raw & ninth) << rest);
  } else {
    store(at, false, (word & ~(field.mask << field.shift)) | raw << field.shift);
    at[8] = static_cast<std::uint8_t>((at[8] & ~ninth) | raw >> (64 - field.shift));
  }
}

}  // namespace can::signals
