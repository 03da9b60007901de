// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "libcan/model/bytes.h"

namespace can::mf4 {

/// Offsets of links in the file: of the n-th link of a block, and of a field of the data section of
/// one with so many links.
constexpr std::uint64_t link_at(std::uint64_t block, std::uint64_t index) {
  return block + 24 + 8 * index;
}

/// Appends a little-endian number.
template <class Number>
void append(std::string& bytes, Number value) {
  char out[sizeof value];
  put(out, value);
  bytes.append(out, sizeof out);
}

/// Blocks that are written to the file at `base`, each at a multiple of 8.
class Image {
 public:
  explicit Image(std::uint64_t base) : base_(base) {}

  /// Appends a block; returns its offset in the file.
  std::uint64_t add(std::string_view type, std::initializer_list<std::uint64_t> links,
                    std::string_view data);
  /// A TX block, or an MD block where the text is XML.
  std::uint64_t add_text(std::string_view text);
  /// Sets the n-th link of a block of this image.
  void set_link(std::uint64_t block, std::uint64_t index, std::uint64_t target) {
    put(bytes_.data() + (link_at(block, index) - base_), target);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  const std::uint64_t base_;
  std::string bytes_;
};

}  // namespace can::mf4
