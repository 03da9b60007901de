// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "formats/support/input.h"
#include "libcan/platform/deflate.h"

namespace can {

/// Reads a zip archive from front to back, without seeking and without its directory.
class ZipReader {
 public:
  explicit ZipReader(std::unique_ptr<Source> source) : in_(std::move(source)) {}

  /// Moves to the next file; false at the directory. Throws Errc::corrupt, also for features that
  /// need seeking or are not supported: encryption, other methods than deflate.
  bool next(std::string& name);

  /// After the last file: moves behind the directory, to an archive that was joined to this one.
  /// False at the end. Throws Errc::corrupt for a damaged or cut directory.
  bool next_archive();

  /// Reads bytes of the file; fewer than requested only at its end, where the checksum is verified.
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
  bool open_ = false, ended_ = false;  // a file is open; all its bytes are read
  bool sizes_behind_ = false;
  std::uint64_t left_ = 0;  // bytes of a stored file
  std::uint32_t crc_ = 0, wanted_crc_ = 0;
};

}  // namespace can
