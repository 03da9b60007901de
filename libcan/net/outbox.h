// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace can::remote {

/// Bytes on their way to a peer, at most `limit`. Gives its memory back when a jam is over.
class Outbox {
 public:
  explicit Outbox(std::size_t limit) : limit_(limit) {}

  std::span<const std::uint8_t> waiting() const {
    return std::span(bytes_).subspan(first_, end_ - first_);
  }
  std::size_t size() const { return end_ - first_; }
  bool empty() const { return first_ == end_; }

  /// Room for `size` bytes behind those waiting; null when there is none. keep() makes what has
  /// been written there part of what waits.
  std::uint8_t* room(std::size_t size) {
    return size > limit_ - std::min(limit_, this->size()) ? nullptr : make_room(size);
  }
  void keep(std::size_t size) { end_ += size; }

  /// False, and nothing added, when there is no room.
  bool add(std::span<const std::uint8_t> bytes);

  /// Adds the last event of a connection, room or not.
  void add_last(std::span<const std::uint8_t> bytes);

  /// The first `size` bytes have been sent.
  void consume(std::size_t size);

 private:
  std::uint8_t* make_room(std::size_t size);

  const std::size_t limit_;
  std::vector<std::uint8_t> bytes_;
  std::size_t first_ = 0, end_ = 0;
};

}  // namespace can::remote
