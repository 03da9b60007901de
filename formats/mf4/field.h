// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "formats/mf4/block.h"
#include "formats/mf4/conversion.h"
#include "libcan/model/bytes.h"

namespace can::mf4 {

/// The record of a channel group: data bytes, then bytes with the invalidation bits.
struct RecordSize {
  std::uint32_t data = 0, invalid = 0;
  std::uint64_t total() const { return std::uint64_t{data} + invalid; }
};

/// Where in a record an unsigned little-endian number is that touches eight bytes at most.
struct Bits {
  std::uint32_t byte = 0;  ///< offset in the record
  std::uint8_t bit = 0;    ///< offset in the first byte
  std::uint64_t mask = 0;  ///< of the bits of the value

  std::int64_t of(const char* record) const {
    return static_cast<std::int64_t>((get<std::uint64_t>(record + byte) >> bit) & mask);
  }
};

/// A channel (CN block), as far as its value is read from a record.
class Field {
 public:
  Field() = default;
  /// Throws Errc::corrupt for a channel that is not within its record.
  Field(Blocks& blocks, const Block& channel, RecordSize record);

  bool present() const { return kind_ != Kind::absent; }
  bool always_valid() const { return invalid_bit_ < 0 && !never_valid_; }
  /// Whether value() is the number in the record as it stands, in each of them.
  bool plain() const { return simple_; }
  const Bits& bits() const { return place_; }
  bool is_float() const { return kind_ == Kind::real; }
  const Conversion& conversion() const { return conversion_; }
  std::uint32_t byte() const { return place_.byte; }
  std::uint32_t bytes() const { return bits_ / 8; }

  /// Whether the record says that the value is invalid.
  bool invalid(const char* record) const {
    return never_valid_ ||
           (invalid_bit_ >= 0 && (record[invalid_bit_ / 8] >> (invalid_bit_ % 8) & 1));
  }
  /// Whether raw() is the number at bits().
  bool little() const { return little_; }
  /// The raw value of an integer channel in the record with this index. Eight bytes behind the
  /// record may be read.
  std::int64_t raw(const char* record, std::uint64_t index) const {
    return little_ ? place_.of(record) : raw_of_any(record, index);
  }
  /// The raw value of a channel of floating point numbers.
  double real(const char* record) const;

  /// Appends the bits of a record, from its start, that value() depends on. Returns false where it
  /// depends on the index.
  bool add_bits(std::vector<std::uint64_t>& bits) const;

  /// The physical value as an integer, truncated; `otherwise` for one that is absent or invalid.
  std::int64_t value(const char* record, std::uint64_t index, std::int64_t otherwise) const {
    if (simple_) return place_.of(record);
    if (!present() || invalid(record)) return otherwise;
    if (kind_ == Kind::integer && conversion_.identity()) return raw(record, index);
    return converted(record, index, otherwise);
  }

 private:
  enum class Kind : std::uint8_t { absent, integer, real, index, bytes };

  void read_place(RecordSize record);
  void find_short_ways();
  std::int64_t raw_of_any(const char* record, std::uint64_t index) const;
  std::int64_t converted(const char* record, std::uint64_t index, std::int64_t otherwise) const;

  Kind kind_ = Kind::absent;
  bool big_endian_ = false, is_signed_ = false, never_valid_ = false;
  bool little_ = false;     // the raw value is the number at place_
  bool simple_ = false;     // and that is the physical one, always valid
  std::uint8_t width_ = 0;  // bytes that the value touches, at most 9
  std::uint32_t bits_ = 0;
  Bits place_;
  std::int64_t invalid_bit_ = -1;  // from the start of the record; -1: none
  Conversion conversion_;
};

}  // namespace can::mf4
