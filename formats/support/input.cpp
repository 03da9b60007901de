// SPDX-License-Identifier: MIT
#include "formats/support/input.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace can {

std::size_t Input::read_source(char* out, std::size_t size) {
  const std::size_t count = source_->read({out, size});
  read_ += count;
  return count;
}

bool Input::need(std::size_t size) {
  if (this->size() >= size) return true;
  std::memmove(memory_.data(), at(), this->size());
  end_ -= std::exchange(begin_, 0);
  if (memory_.size() < size) memory_.resize(size);
  while (end_ < size) {
    const std::size_t count = read_source(memory_.data() + end_, memory_.size() - end_);
    if (count == 0) return false;
    end_ += count;
  }
  return true;
}

void Input::skip(std::uint64_t size) {
  while (size > this->size()) {
    size -= this->size();
    begin_ = end_;
    if (!need(1)) return;
  }
  begin_ += size;
}

void Input::put_back(std::span<const char> bytes) {
  if (begin_ < bytes.size()) {
    const std::size_t behind = size();
    if (memory_.size() < bytes.size() + behind) memory_.resize(bytes.size() + behind);
    std::memmove(memory_.data() + bytes.size(), at(), behind);
    begin_ = bytes.size();
    end_ = begin_ + behind;
  }
  begin_ -= bytes.size();
  std::memcpy(memory_.data() + begin_, bytes.data(), bytes.size());
}

std::size_t Input::read(char* out, std::size_t size) {
  std::size_t done = std::min(size, this->size());
  std::memcpy(out, at(), done);
  begin_ += done;
  while (done < size) {
    const std::size_t count = read_source(out + done, size - done);
    if (count == 0) break;
    done += count;
  }
  return done;
}

}  // namespace can
