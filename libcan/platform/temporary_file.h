// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>

namespace can {

/// A file without a name, which is deleted when it is closed. Throws Errc::io.
class TemporaryFile {
 public:
  TemporaryFile();

  void write(std::span<const char> bytes);
  void rewind();
  std::size_t read(std::span<char> out);  ///< fewer than asked for only at the end
  /// The bytes from `offset` on, fewer only at the end. After rewind(); read() stays where it is.
  std::size_t read_at(std::uint64_t offset, std::span<char> out) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace can
