// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace can::remote {

/// The bytes that wait to be sent to a peer, at most `limit` of them. The memory is freed once all
/// bytes are sent. Used by one thread.
class Outbox {
 public:
  explicit Outbox(std::size_t limit) : limit_(limit) {}

  std::span<const std::uint8_t> waiting() const {
    return std::span(bytes_).subspan(first_, end_ - first_);
  }
  std::size_t size() const { return end_ - first_; }
  bool empty() const { return first_ == end_; }

  /// A place for `size` bytes behind the waiting ones, valid until the next call; null when they
  /// would pass the limit. keep() appends the first bytes of that place to the waiting ones.
  std::uint8_t* room(std::size_t size) {
    return size > limit_ - std::min(limit_, this->size()) ? nullptr : make_room(size);
  }
  void keep(std::size_t size) { end_ += size; }

  /// Appends all bytes. Returns false, and appends none, when they would pass the limit.
  bool add(std::span<const std::uint8_t> bytes);

  /// Appends the last event of a connection, also beyond the limit.
  void add_last(std::span<const std::uint8_t> bytes);

  /// Removes the first `size` bytes: they have been sent.
  void consume(std::size_t size);

 private:
  std::uint8_t* make_room(std::size_t size);

  const std::size_t limit_;
  std::vector<std::uint8_t> bytes_;
  std::size_t first_ = 0, end_ = 0;
};

}  // namespace can::remote
