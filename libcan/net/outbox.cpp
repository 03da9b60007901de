// SPDX-License-Identifier: MIT
#include "libcan/net/outbox.h"

#include <cstring>

namespace can::remote {
namespace {

constexpr std::size_t kKept = 1 << 18;  // bytes of memory kept for the next event

}  // namespace

bool Outbox::add(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return true;  // where nothing was added yet there is no place for it
  std::uint8_t* at = room(bytes.size());
  if (at == nullptr) return false;
  std::memcpy(at, bytes.data(), bytes.size());
  keep(bytes.size());
  return true;
}

void Outbox::add_last(std::span<const std::uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), make_room(bytes.size()));
  keep(bytes.size());
}

void Outbox::consume(std::size_t size) {
  first_ += size;
  if (first_ < end_) return;
  first_ = end_ = 0;
  if (bytes_.size() > kKept) std::vector<std::uint8_t>().swap(bytes_);
}

std::uint8_t* Outbox::make_room(std::size_t size) {
  if (bytes_.size() - end_ < size) {
    // Moving less than half of the buffer at a time keeps the cost per byte constant.
    if (first_ > bytes_.size() / 2) {
      std::memmove(bytes_.data(), bytes_.data() + first_, end_ - first_);
      end_ -= first_;
      first_ = 0;
    }
    if (bytes_.size() - end_ < size)
      bytes_.resize(std::max<std::size_t>(2 * end_, end_ + size + 4096));
  }
  return bytes_.data() + end_;
}

}  // namespace can::remote
