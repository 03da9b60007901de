// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "formats/support/deflate.h"
#include "formats/support/input.h"

namespace can {

/// Reads a zip archive front to back, as it comes; no seeking, no directory.
class ZipReader {
 public:
  explicit ZipReader(std::unique_ptr<Source> source) : in_(std::move(source)) {}

  /// The name of the next file; false where the directory begins. Throws Errc::corrupt, also for
  /// what a reader of streams can't take: encryption, other methods than deflate.
  bool next(std::string& name);

  /// Where next() had no more: goes behind the directory, to an archive that was joined to this
  /// one. False at the end. Throws Errc::corrupt where the directory is damaged or cut.
  bool next_archive();

  /// Bytes of that file: fewer than asked for only at its end, where its checksum is looked at.
  /// Throws Errc::corrupt.
  std::size_t read(std::span<char> out);

 private:
  bool skip_record();
  void open(std::string_view header);
  void read_name(std::string_view header, std::string& name);
  std::size_t inflate_some(std::span<char> out);
  std::size_t copy_some(std::span<char> out);
  void read_descriptor();
  [[noreturn]] void corrupt(std::string_view what) const;

  Input in_;
  std::optional<StreamInflater> inflating_;
  bool open_ = false, ended_ = false;  // a file: bytes may come; all have come
  bool sizes_behind_ = false;
  std::uint64_t left_ = 0;  // of a stored file
  std::uint32_t crc_ = 0, wanted_crc_ = 0;
};

}  // namespace can
