// SPDX-License-Identifier: MIT
#include "formats/support/byte_reader.h"

#include <algorithm>
#include <cstring>

namespace can {

std::span<const char> ByteReader::peek(std::size_t size) {
  if (end_ - begin_ < size) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() < size) buffer_.resize(size);
    while (end_ < size) {
      const std::size_t got = source_->read(std::span(buffer_).subspan(end_));
      if (got == 0) break;
      end_ += got;
    }
  }
  return {buffer_.data() + begin_, std::min(size, end_ - begin_)};
}

void ByteReader::skip(std::uint64_t size) {
  while (size > 0) {
    const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer_.size()));
    const std::size_t there = peek(some).size();
    begin_ += there;
    offset_ += there;
    size -= there;
    if (there < some) return;
  }
}

}  // namespace can
