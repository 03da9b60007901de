// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "cansuite/signals.h"

namespace can::signals {

/// How the raw value of a signal is taken out of the bytes of a message.
///
/// Eight bytes are loaded at `byte`, in the order of the signal, shifted and masked. A signal of
/// more than 56 bits may reach into a ninth byte.
struct Field {
  std::uint32_t byte = 0;  // the first of the eight
  std::uint32_t end = 0;   // bytes that the message needs
  std::uint8_t shift = 0;
  std::uint8_t ninth_bits = 0;  // bits in the ninth byte
  bool big = false;
  std::uint64_t mask = 0;
  std::uint64_t sign = 0;  // the sign bit; 0: unsigned
};

/// Bytes behind `Field::byte` that must be readable.
inline constexpr std::size_t kFieldReach = 9;

/// The field of a usable signal. It reads no byte behind `readable`, at least 64, unless the signal
/// is there.
Field make_field(const Signal& signal, std::size_t readable);

inline std::uint64_t load(const std::uint8_t* data, bool big) {
  std::uint64_t word;
  std::memcpy(&word, data, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return big ? __builtin_bswap64(word) : word;
}

/// The raw value, with its sign extended to 64 bits. `data` has Field::end bytes, and readable ones
/// as make_field() was told.
inline std::uint64_t extract(const Field& field, const std::uint8_t* data) {
  const std::uint8_t* const at = data + field.byte;
  std::uint64_t word = load(at, field.big);
  if (field.ninth_bits == 0) [[likely]]
    word >>= field.shift;
  else if (field.big)
    word = word << field.ninth_bits | at[8] >> (8 - field.ninth_bits);
  else
    word = word >> field.shift | std::uint64_t{at[8]} << (64 - field.shift);
  return ((word & field.mask) ^ field.sign) - field.sign;
}

/// Overwrites the bits of the signal, and no others.
void insert(const Field& field, std::uint8_t* data, std::uint64_t raw);

}  // namespace can::signals
