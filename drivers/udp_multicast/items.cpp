// SPDX-License-Identifier: MIT
#include "drivers/udp_multicast/items.h"

namespace can::udp_multicast {
namespace {

using Kind = Item::Kind;

/// The bytes after a tag from c0 to df: a big-endian number of `width` bytes, which is the value,
/// or the count of bytes, elements or pairs. `more` is added to a count of bytes.
struct Form {
  Kind kind;
  std::uint8_t width;
  std::uint8_t more = 0;
};

constexpr std::uint8_t kNeverUsed = 0xC1;

constexpr Form kForms[32] = {
    {Kind::nil, 0},           {Kind::nil, 0},           // c0, c1 (never used)
    {Kind::boolean, 0},       {Kind::boolean, 0},       // c2 false, c3 true
    {Kind::bytes, 1},         {Kind::bytes, 2},         // c4, c5
    {Kind::bytes, 4},         {Kind::extension, 1, 1},  // c6, c7: a type byte comes first
    {Kind::extension, 2, 1},  {Kind::extension, 4, 1},  // c8, c9
    {Kind::real, 4},          {Kind::real, 8},          // ca, cb
    {Kind::natural, 1},       {Kind::natural, 2},       // cc, cd
    {Kind::natural, 4},       {Kind::natural, 8},       // ce, cf
    {Kind::negative, 1},      {Kind::negative, 2},      // d0, d1: natural if the sign bit is 0
    {Kind::negative, 4},      {Kind::negative, 8},      // d2, d3
    {Kind::extension, 0, 2},  {Kind::extension, 0, 3},  // d4, d5: type byte and 1, 2, ... bytes
    {Kind::extension, 0, 5},  {Kind::extension, 0, 9},  // d6, d7
    {Kind::extension, 0, 17}, {Kind::text, 1},          // d8, d9
    {Kind::text, 2},          {Kind::text, 4},          // da, db
    {Kind::array, 2},         {Kind::array, 4},         // dc, dd
    {Kind::map, 2},           {Kind::map, 4},           // de, df
};

bool has_bytes(Kind kind) {
  return kind == Kind::text || kind == Kind::bytes || kind == Kind::extension;
}

}  // namespace

bool Items::read_bytes(std::uint64_t count, std::span<const std::uint8_t>& bytes) {
  if (count > rest_.size()) return false;
  bytes = rest_.first(static_cast<std::size_t>(count));
  rest_ = rest_.subspan(bytes.size());
  return true;
}

bool Items::read_number(std::size_t width, std::uint64_t& number) {
  std::span<const std::uint8_t> bytes;
  if (!read_bytes(width, bytes)) return false;
  number = 0;
  for (std::uint8_t byte : bytes) number = number << 8 | byte;
  return true;
}

bool Items::read_long_form(std::uint8_t tag, Item& item) {
  const Form& form = kForms[tag - 0xC0];
  item.kind = form.kind;
  if (tag == kNeverUsed || !read_number(form.width, item.number)) return false;
  if (form.kind == Kind::boolean) item.number = tag & 1;
  if (form.kind == Kind::negative && item.number >> (8 * form.width - 1) == 0)
    item.kind = Kind::natural;
  return !has_bytes(form.kind) || read_bytes(item.number + form.more, item.bytes);
}

bool Items::next(Item& item) {
  if (rest_.empty()) return false;
  const std::uint8_t tag = rest_.front();
  rest_ = rest_.subspan(1);
  if (tag >= 0xC0 && tag < 0xE0) return read_long_form(tag, item);
  if (tag < 0x80) {
    item = {Kind::natural, tag, {}};
  } else if (tag < 0x90) {
    item = {Kind::map, tag & 15u, {}};
  } else if (tag < 0xA0) {
    item = {Kind::array, tag & 15u, {}};
  } else if (tag < 0xC0) {
    item.kind = Kind::text;
    return read_bytes(tag & 31u, item.bytes);
  } else {
    item.kind = Kind::negative;
  }
  return true;
}

bool Items::skip_inside(const Item& item) {
  // Each element has at least one byte, so the loop ends with the document, even with wrong counts.
  auto inside = [](const Item& of) {
    if (of.kind == Kind::array) return of.number;
    return of.kind == Kind::map ? 2 * of.number : 0;
  };
  Item each;
  for (std::uint64_t left = inside(item); left > 0; --left) {
    if (!next(each)) return false;
    left += inside(each);
  }
  return true;
}

}  // namespace can::udp_multicast
