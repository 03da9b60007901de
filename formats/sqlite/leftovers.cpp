// SPDX-License-Identifier: MIT
#include "formats/sqlite/leftovers.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "libcan/model/fail.h"

namespace can::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJournalMagic("\xD9\xD5\x05\xF9\x20\xA1\x63\xD7", 8);

/// A file that SQLite may leave, and the test of its first bytes.
struct Leftover {
  std::string_view suffix;
  bool (*is_one)(std::string_view head);
};
constexpr Leftover kLeftovers[] = {
    // A finished journal may have a header of zeros.
    {"-journal",
     [](std::string_view head) {
       return head.starts_with(kJournalMagic) || head.find_first_not_of('\0') == head.npos;
     }},
    {"-wal",
     [](std::string_view head) { return head.empty() || head.starts_with("\x37\x7F\x06"); }},
    {"-shm",  // index of a write-ahead log; starts with its version, little-endian
     [](std::string_view head) { return head.empty() || head.starts_with("\x18\xE2\x2D"); }},
};

/// The path beside which SQLite keeps its files: symbolic links are resolved.
std::string real_path(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? path : real.string();
}

/// Reads up to `size` bytes from `offset`.
std::string bytes_at(const std::string& path, std::uint64_t offset, std::size_t size) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(size, '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

/// The size of a file; 0 for none.
std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

/// The number of bytes at the end of a journal that name a second file: its page, its name, the
/// length of that, a checksum, the magic number.
std::uint64_t second_file_record(const std::string& journal) {
  constexpr std::uint64_t kTail = 16, kPage = 4;
  const std::uint64_t size = size_of(journal);
  if (size < kTail) return 0;
  const std::string tail = bytes_at(journal, size - kTail, kTail);
  if (!tail.ends_with(kJournalMagic)) return 0;
  std::uint64_t length = 0;
  for (int i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(tail[i]);
  return std::min(size, kPage + length + kTail);
}

/// A temporary folder of this process, removed with the object.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::error_code error;
    path_ = (fs::temp_directory_path(error) / "cansuite-XXXXXX").string();
    if (error) fail(Errc::io, "the temporary folder (TMPDIR): {}", error.message());
    if (::mkdtemp(path_.data()) == nullptr) fail_errno(path_, errno);
  }
  ~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  std::string file(std::string_view suffix) const {
    return path_ + "/log.db" + std::string(suffix);
  }

 private:
  std::string path_;
};

void copy(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error) fail(Errc::io, "{}: can't be copied to {}: {}", from, to, error.message());
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
}

/// SQLite has all files open once it has read the schema. They exist without a name until they are
/// closed.
Database open_copy(const std::string& path) {
  const PrivateFolder folder;
  const std::string real = real_path(path), journal = folder.file("-journal");
  copy(real, folder.file(""));
  for (const std::string_view suffix : {"-journal", "-wal"})
    if (size_of(real + std::string(suffix)) > 0)
      copy(real + std::string(suffix), folder.file(suffix));
  if (const std::uint64_t record = second_file_record(journal); record > 0)
    fs::resize_file(journal, size_of(journal) - record);
  Database database(path, folder.file(""), SQLITE_OPEN_READWRITE);
  database.run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY");
  database.has_table("messages");
  return database;
}

bool has_write_ahead_log(const std::string& path) {
  constexpr std::size_t kWriteVersion = 18;  // 2: pages go to a write-ahead log first
  return bytes_at(path, kWriteVersion, 1) == "\x02";
}

}  // namespace

Database open_unchanged(const std::string& path) {
  const std::string real = real_path(path);
  if (has_write_ahead_log(real)) {
    if (size_of(real + "-wal") > 0) return open_copy(path);
    return Database::open_immutable(path, real);  // SQLite would create a log and an index
  }
  Database database(path, real, SQLITE_OPEN_READONLY);
  return database.needs_recovery() ? open_copy(path) : std::move(database);
}

void refuse_second_file(const std::string& path) {
  const std::string journal = real_path(path) + "-journal";
  if (second_file_record(journal) > 0)
    fail(Errc::unsupported, "{}: {} names a second file, so it is no log's; nothing was changed",
         path, journal);
}

void remove_leftovers(const std::string& path) {
  constexpr std::size_t kHead = 28;
  for (const Leftover& each : kLeftovers) {
    const std::string file = real_path(path) + std::string(each.suffix);
    if (!fs::exists(file)) continue;
    if (!each.is_one(bytes_at(file, 0, kHead)))
      fail(Errc::io, "{}: {} is in the way: it is no file of SQLite", path, file);
    if (::unlink(file.c_str()) != 0) fail_errno(file, errno);
  }
}

void refuse_leftovers(const std::string& path) {
  for (const std::string_view suffix : {"-journal", "-wal"})
    if (const std::string file = real_path(path) + std::string(suffix); size_of(file) > 0)
      fail(Errc::io, "{}: wasn't closed: {} holds a part of it; remove both to replace them", path,
           file);
}

}  // namespace can::sqlite
