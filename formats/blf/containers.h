// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>

#include "formats/blf/objects.h"
#include "formats/blf/piece.h"
#include "formats/support/input.h"
#include "libcan/model/civil_time.h"
#include "libcan/platform/deflate.h"

namespace can::blf {

/// Reads the containers of a file one by one, from front to back.
class ContainerReader {
 public:
  /// `input` is behind the file header, which has `start`.
  ContainerReader(Input input, std::chrono::nanoseconds start, const TimeZone& zone)
      : input_(std::move(input)), measured_from_(start), zone_(zone) {}

  /// Prepares the next piece, which unpack() completes; false at the end of the file.
  bool next(Piece& piece);
  /// Whether next() returns at once: not while a container is still to come through a pipe.
  bool at_hand() const;
  /// Decompresses a piece. For any thread, while next() prepares others.
  void unpack(Piece& piece) const;

 private:
  /// A larger container, compressed or not, is read in pieces: memory is bounded whatever the file
  /// says.
  static constexpr std::size_t kMax = 512 * 1024;

  void start(Piece& piece);
  bool read_file_header(Piece& piece);
  const char* find_file_header() const;
  bool find_object(Piece& piece);
  bool ends_clean();
  void open_object(Piece& piece);
  void open_container(Piece& piece, const ObjectHeader& header);
  bool is_followed();
  std::size_t cut_of(std::span<const char> bytes);
  void read_stored(Piece& piece);
  void read_packed(Piece& piece, std::size_t unpacked_size);
  void inflate_some(Piece& piece);
  void ends_inside(Piece& piece);
  void damage(Piece& piece, std::uint64_t offset, std::string_view what);
  std::exception_ptr failure_at(std::uint64_t offset, std::string_view what) const;

  Input input_;
  std::chrono::nanoseconds measured_from_;
  TimeZone zone_;
  ObjectFinder finder_;
  std::uint64_t offset_ = 0, inside_ = 0;  // of the open object in the file; of the next byte in it
  std::uint64_t container_end_ = 0;        // of the open object, in the file
  std::uint64_t left_ = 0;                 // bytes of the open object still to be read
  bool outside_ = false;                   // the open object is no container
  bool joined_ = true;                     // the next piece continues the last one
  std::unique_ptr<StreamInflater>
      inflating_;  // set while the open container is compressed and large
};

}  // namespace can::blf
