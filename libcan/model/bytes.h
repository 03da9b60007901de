// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace can {

static_assert(std::endian::native == std::endian::little,
              "binary logs are read and written in place");

/// Reads a little-endian number at any address.
template <class Number>
Number get(const char* at) {
  Number value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Writes a little-endian number at any address; returns the end.
template <class Number>
char* put(char* at, Number value) {
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

/// Memory that is reused without being cleared.
class Buffer {
 public:
  /// Returns at least `size` bytes. Growing loses the former content.
  char* room(std::size_t size) {
    if (size > size_) {
      bytes_.reset(new char[size]);
      size_ = size;
    }
    return bytes_.get();
  }
  char* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }  ///< bytes, as many as room() was asked for at most

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace can
