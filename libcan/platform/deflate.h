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

/// Compresses buffers into zlib streams (RFC 1950), each at once. For one thread at a time.
class Deflater {
 public:
  /// `level` is 1 to 9, as in zlib.
  explicit Deflater(int level);

  /// The largest compressed size of `size` bytes.
  std::size_t bound(std::size_t size) const;
  /// Returns the compressed size in bytes. `out` has room for bound(in.size()).
  std::size_t compress(std::span<const char> in, std::span<char> out);

 private:
  struct Free {
    void operator()(libdeflate_compressor* it) const;
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

/// The result of decompressing a zlib stream.
struct Inflated {
  std::size_t size = 0;   ///< bytes written to the output
  std::size_t used = 0;   ///< bytes of input that belong to the stream
  bool complete = false;  ///< the stream has ended, with the right checksum
};

/// Decompresses zlib streams that are in memory completely. For one thread at a time.
class Inflater {
 public:
  Inflater();

  /// Decompresses `in`. The output of a damaged or cut stream, or one larger than `out`, is its
  /// start.
  Inflated inflate(std::span<const char> in, std::span<char> out);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* it) const;
  };
  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;
};

/// Decompresses a stream in pieces, at a third of the speed of Inflater.
class StreamInflater {
 public:
  enum class Wrapper { zlib, none };  ///< the format around the deflate stream
  explicit StreamInflater(Wrapper wrapper = Wrapper::zlib);

  /// Decompresses until `in` is consumed, `out` is full, or the stream ends or is damaged.
  /// `complete` once it has ended. `used` and `size` are 0 once it is damaged.
  Inflated inflate(std::span<const char> in, std::span<char> out);

 private:
  struct Free {
    void operator()(z_stream_s* it) const;
  };
  std::unique_ptr<z_stream_s, Free> stream_;
};

/// The CRC-32 of gzip and zip, continued from `crc`; 0 to start.
std::uint32_t crc32(std::uint32_t crc, std::span<const char> bytes);

}  // namespace can
