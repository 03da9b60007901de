// SPDX-License-Identifier: MIT
#include "formats/mf4/field.h"

#include <algorithm>
#include <cmath>

namespace can::mf4 {
namespace {

// Fields of a CN block's data section:
//    0  u8   kind of channel
//    1  u8   what a master channel synchronizes
//    2  u8   type of the data
//    3  u8   offset in the first byte, bits
//    4  u32  offset in the record, bytes
//    8  u32  size, bits
//   12  u32  flags
//   16  u32  number of the invalidation bit
constexpr std::uint8_t kVariable = 1, kVirtualMaster = 3, kVirtual = 6;
constexpr std::uint8_t kUnsignedBig = 1, kSigned = 2, kSignedBig = 3, kReal = 4, kRealBig = 5;
constexpr std::uint32_t kAllInvalid = 1, kInvalidBit = 2;
constexpr std::uint64_t kConversion = 4;  // number of a link

/// The bytes of a field in the order of a little-endian number.
void copy_bytes(const char* from, std::size_t width, bool reversed, char* to) {
  if (reversed)
    std::reverse_copy(from, from + width, to);
  else
    std::copy_n(from, width, to);
}

}  // namespace

Field::Field(Blocks& blocks, const Block& channel, RecordSize record)
    : conversion_(blocks, blocks.link(channel, kConversion)) {
  const auto kind = blocks.number<std::uint8_t>(channel, 0),
             type = blocks.number<std::uint8_t>(channel, 2);
  const auto flags = blocks.number<std::uint32_t>(channel, 12);
  place_.bit = blocks.number<std::uint8_t>(channel, 3);
  place_.byte = blocks.number<std::uint32_t>(channel, 4);
  bits_ = blocks.number<std::uint32_t>(channel, 8);
  big_endian_ = type == kUnsignedBig || type == kSignedBig || type == kRealBig;
  is_signed_ = type == kSigned || type == kSignedBig;
  kind_ = kind == kVirtual || kind == kVirtualMaster ? Kind::index
          : kind == kVariable                        ? Kind::integer  // an offset
          : type == kReal || type == kRealBig        ? Kind::real
          : type <= kSignedBig                       ? Kind::integer
                                                     : Kind::bytes;
  never_valid_ = (flags & kAllInvalid) != 0;
  const auto number = blocks.number<std::uint32_t>(channel, 16);
  if ((flags & kInvalidBit) != 0 && number / 8 < record.invalid)
    invalid_bit_ = std::int64_t{record.data} * 8 + number;
  if (kind_ != Kind::index) read_place(record);
  const bool sound = kind_ != Kind::absent;
  if (!sound) blocks.damaged(channel.offset, "a channel that is not within its record");
  find_short_ways();
}

void Field::read_place(RecordSize record) {
  const std::uint64_t width = (std::uint64_t{bits_} + place_.bit + 7) / 8;
  const bool real = kind_ == Kind::real, number = real || kind_ == Kind::integer;
  const bool fits = bits_ > 0 && place_.bit < 8 && place_.byte + width <= record.data &&
                    (!number || bits_ <= 64) && (!real || bits_ == 32 || bits_ == 64);
  width_ = static_cast<std::uint8_t>(std::min<std::uint64_t>(width, 9));
  if (!fits) kind_ = Kind::absent;
}

void Field::find_short_ways() {
  if (kind_ != Kind::integer) return;
  place_.mask = bits_ == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits_) - 1;
  little_ = !big_endian_ && width_ <= 8 && (!is_signed_ || bits_ == 64);
  simple_ = little_ && conversion_.identity() && always_valid();
}

std::int64_t Field::raw_of_any(const char* record, std::uint64_t index) const {
  if (kind_ == Kind::index) return static_cast<std::int64_t>(index);
  if (kind_ == Kind::bytes) return 0;
  char bytes[16] = {};
  const char* at = record + place_.byte;
  if (big_endian_ || width_ > 8) {
    copy_bytes(at, width_, big_endian_, bytes);
    at = bytes;
  }
  auto value = get<std::uint64_t>(at) >> place_.bit;
  if (width_ > 8) value |= std::uint64_t{static_cast<std::uint8_t>(at[8])} << (64 - place_.bit);
  const unsigned unused = 64 - bits_;
  value <<= unused;
  return is_signed_ ? static_cast<std::int64_t>(value) >> unused
                    : static_cast<std::int64_t>(value >> unused);
}

bool Field::add_bits(std::vector<std::uint64_t>& bits) const {
  const bool exact = kind_ == Kind::integer && !big_endian_;
  const std::uint64_t first = std::uint64_t{place_.byte} * 8 + (exact ? place_.bit : 0);
  const std::uint64_t count = !present() || kind_ == Kind::bytes ? 0 : exact ? bits_ : 8u * width_;
  for (std::uint64_t bit = first; bit < first + count; ++bit) bits.push_back(bit);
  if (invalid_bit_ >= 0) bits.push_back(static_cast<std::uint64_t>(invalid_bit_));
  return kind_ != Kind::index;
}

double Field::real(const char* record) const {
  char bytes[8];
  copy_bytes(record + place_.byte, bits_ / 8, big_endian_, bytes);
  return bits_ == 32 ? double{get<float>(bytes)} : get<double>(bytes);
}

std::int64_t Field::converted(const char* record, std::uint64_t index,
                              std::int64_t otherwise) const {
  constexpr double kLimit = 9e18;
  if (kind_ == Kind::bytes) return otherwise;
  const double raw = is_float() ? real(record) : static_cast<double>(this->raw(record, index));
  const double value = conversion_.apply(raw);
  return std::abs(value) < kLimit ? static_cast<std::int64_t>(value) : otherwise;
}

}  // namespace can::mf4
