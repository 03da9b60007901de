// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace can {

/// An open file descriptor and the name of its file in error texts. Owns the descriptor. Not for
/// two threads at a time. All functions throw Errc::io, opening Errc::not_found too.
class File {
 public:
  /// As open(2), with O_CLOEXEC. A new file gets the mode 0666, less the umask.
  File(const std::string& path, int flags, std::string name);
  File(const std::string& path, int flags) : File(path, flags, path) {}
  /// A copy of a descriptor that is open anyway: standard input or output.
  File(int descriptor, std::string name);
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&&) = delete;

  std::size_t read(char* out, std::size_t size);  ///< 0 at the end
  bool readable() const;  ///< whether read() would not wait; true at the end, too
  /// Up to `size` bytes from `offset` on; fewer only at the end.
  std::size_t read_at(std::uint64_t offset, char* out, std::size_t size) const;
  void write(std::string_view bytes);  ///< all bytes, or throws
  /// Also in a file that was opened with O_APPEND.
  void write_at(std::uint64_t offset, std::string_view bytes);
  void truncate(std::uint64_t size);
  void sync();  ///< safe from a power cut; without metadata that reading doesn't need
  void close();

  struct ::stat status() const;
  /// Whether the path leads to this file. Else the file, or a folder above it, was removed or
  /// moved.
  bool is_at(const std::string& path) const;
  bool regular() const { return S_ISREG(status().st_mode); }
  int descriptor() const { return descriptor_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int descriptor_;
};

/// Syncs the folder of the file: its name survives a power cut. Throws Errc::io; a file system that
/// can't sync a folder is no error.
void sync_folder_of(const std::string& path);

/// As rename(2), but `to` must not be there. Throws Errc::io with `from` in front.
void rename_to_free_name(const std::string& from, const std::string& to);

/// Claims the file for one writer while it is open, against this program and all others that claim
/// files. Has no effect on other than regular files. Throws Errc::io where another program
/// holds the file, by flock(2) or, as SQLite does, by fcntl(2).
void lock_for_writing(const File& file);

}  // namespace can
