// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/stream.h"
#include "libcan/platform/temporary_file.h"

struct z_stream_s;

namespace can {

/// The body of a file in a zip archive, compressed as it grows, in a temporary file.
class ZipBody {
 public:
  ZipBody();
  void write(std::span<const char> bytes);

 private:
  friend class ZipWriter;
  void deflate_all(int flush);
  void finish();

  struct Free {
    void operator()(z_stream_s* it) const;
  };
  std::unique_ptr<z_stream_s, Free> stream_;
  TemporaryFile packed_;
  std::uint64_t size_ = 0, packed_size_ = 0;
  std::uint32_t crc_ = 0;
};

/// Writes a zip archive from front to back. All sizes are in zip64 fields, so that no log is too
/// long. Source: PKWARE APPNOTE.TXT 6.3.10.
class ZipWriter {
 public:
  explicit ZipWriter(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

  /// Adds a file: `head` (at most 64 KiB), then the body, which is consumed. Throws Errc::io.
  void add(std::string_view name, std::string_view head, ZipBody& body);
  /// Writes the directory. Nothing may follow. Throws Errc::io.
  void close();

  std::uint64_t size() const { return offset_; }

 private:
  struct Entry {
    std::string name;
    std::uint64_t size, packed_size, offset;
    std::uint32_t crc;
  };

  void put(std::string_view bytes);

  std::unique_ptr<Sink> sink_;
  std::vector<Entry> entries_;
  std::uint64_t offset_ = 0;
};

}  // namespace can
