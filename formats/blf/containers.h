// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/blf/objects.h"
#include "formats/support/bytes.h"
#include "formats/support/civil_time.h"
#include "formats/support/deflate.h"
#include "formats/support/input.h"
#include "formats/support/ordered_pool.h"

namespace can::blf {

/// A part of what the containers of a log hold between them: one stream of objects, which may
/// begin in one container and end in the next.
struct Piece {
  /// Free places in front of `bytes`, for the start of an object that the piece before ended with.
  static constexpr std::size_t kRoom = 256;

  const char* begin() const { return memory.data() + kRoom; }
  const char* end() const { return begin() + size; }

  std::chrono::nanoseconds start{};  ///< of the log that the objects belong to
  std::uint64_t offset = 0;          ///< of the container in the file
  std::uint64_t container_end = 0;   ///< in the file, without padding
  std::uint64_t inside = 0;          ///< of the piece in the container
  std::size_t size = 0;
  bool joined = true;    ///< goes on where the piece before ended; else it begins with an object
  bool outside = false;  ///< an object that stands outside a container
  bool cut = false;      ///< behind the bytes, some are missing
  std::exception_ptr failure;  ///< what is wrong there; to be thrown after them
  std::string remark;          ///< what is odd, but costs nothing

  Buffer memory;
  bool is_packed = false;                          // still, for unpack()
  std::size_t packed_size = 0, unpacked_size = 0;  // unpacked: as the container says
  Buffer packed;
  Inflater inflater;
};

/// Opens the containers of a file one by one, front to back.
class ContainerReader {
 public:
  /// Behind the file's header, which says `start`.
  ContainerReader(Input input, std::chrono::nanoseconds start, const TimeZone& zone)
      : input_(std::move(input)), measured_from_(start), zone_(zone) {}

  /// Prepares the next piece, which unpack() completes; false at the end of the file.
  bool next(Piece& piece);
  /// Whether next() returns at once: not where a container is still to come through a pipe.
  bool at_hand() const;
  /// For any thread, while next() goes on with others.
  void unpack(Piece& piece) const;

 private:
  /// What is larger, packed or not, comes in pieces: memory is bounded whatever the file says.
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
  std::uint64_t offset_ = 0, inside_ = 0;      // of what is open in the file, and in it
  std::uint64_t container_end_ = 0;            // in the file
  std::uint64_t left_ = 0;                     // bytes of it still to be read
  bool outside_ = false;                       // it is no container
  bool joined_ = true;                         // the next piece goes on where the last one ended
  std::unique_ptr<StreamInflater> inflating_;  // it is packed, and large
};

/// What the containers hold, unpacked side by side.
class Pieces {
 public:
  Pieces(ContainerReader containers, unsigned threads);

  /// The next one, which stays until the next call; null at the end.
  Piece* next();
  /// Whether next() returns at once, or after unpacking.
  bool at_hand() const;

 private:
  ContainerReader containers_;
  std::vector<Piece> places_;
  OrderedPool pool_;  // last: its threads use the others
  bool held_ = false, ended_ = false;
};

}  // namespace can::blf
