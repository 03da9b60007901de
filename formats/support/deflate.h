// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct libdeflate_compressor;
struct libdeflate_decompressor;
struct z_stream_s;

namespace can {

/// Packs whole buffers into zlib streams (RFC 1950). Not for two threads at a time.
class Deflater {
 public:
  /// `level` 1 to 9 as zlib's.
  explicit Deflater(int level);

  /// The most bytes that `size` bytes can become.
  std::size_t bound(std::size_t size) const;
  /// `out` has room for bound(in.size()); returns how many bytes it got.
  std::size_t compress(std::span<const char> in, std::span<char> out);

 private:
  struct Free {
    void operator()(libdeflate_compressor* it) const;
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

/// What became of a zlib stream.
struct Inflated {
  std::size_t size = 0;   ///< bytes put out, from the front
  std::size_t used = 0;   ///< bytes of the stream: what follows belongs to somebody else
  bool complete = false;  ///< all of it came out, and its checksum is right
};

/// Unpacks zlib streams that are in memory as a whole. Not for two threads at a time.
class Inflater {
 public:
  Inflater();

  /// Of a damaged or cut stream, and of one that `out` is too small for, the front comes out.
  Inflated inflate(std::span<const char> in, std::span<char> out);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* it) const;
  };
  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;
};

/// Unpacks a stream piece by piece, at a third of Inflater's speed.
class StreamInflater {
 public:
  enum class Wrapper { zlib, none };  ///< what stands around the deflated bytes
  explicit StreamInflater(Wrapper wrapper = Wrapper::zlib);

  /// Takes from `in` and fills `out` until one of them is used up or the stream ends or breaks.
  /// `complete` once it has ended; nothing used and nothing put out once it is broken.
  Inflated inflate(std::span<const char> in, std::span<char> out);

 private:
  struct Free {
    void operator()(z_stream_s* it) const;
  };
  std::unique_ptr<z_stream_s, Free> stream_;
};

/// The checksum of gzip and zip, gone on with; 0 to start from.
std::uint32_t crc32(std::uint32_t crc, std::span<const char> bytes);

}  // namespace can
