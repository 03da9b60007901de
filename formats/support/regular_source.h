// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>

#include "cansuite/stream.h"
#include "formats/support/random_access.h"
#include "libcan/platform/file.h"
#include "libcan/platform/file_use.h"

namespace can {

/// A regular file to read. At most 256 of them are open: the least recently read one is closed, and
/// opened again when it is read. So a thousand logs can be joined. For any thread, one for each
/// object.
class RegularSource final : public Source, public RandomAccess {
 public:
  /// Throws Errc::not_found, Errc::io.
  explicit RegularSource(const std::string& path);
  ~RegularSource() override;

  std::string_view name() const override { return path_; }
  std::string path() const override { return path_; }

  std::uint64_t size() const override { return static_cast<std::uint64_t>(identity_.st_size); }
  /// Throws Errc::io, also where another file has this path by now.
  std::size_t read_at(std::uint64_t offset, std::span<char> out) override;

 private:
  std::size_t read_on(std::span<char> out) override;
  void open();
  void park();

  const std::string path_;
  std::optional<File> file_;
  struct ::stat identity_ {};
  FileUse use_;
  std::uint64_t offset_ = 0;
  std::list<RegularSource*>::iterator place_;  // in the list of open sources, while file_ is open
};

}  // namespace can
