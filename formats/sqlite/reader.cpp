// SPDX-License-Identifier: MIT
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "formats/sqlite/details.h"
#include "formats/sqlite/leftovers.h"
#include "formats/sqlite/sqlite.h"
#include "libcan/model/fail.h"

namespace can::sqlite {
namespace {

constexpr std::size_t kLargestInMemory = std::size_t{1} << 30;

/// The shortest decimal with 6 places that is `seconds`, else the nearest nanosecond.
std::chrono::nanoseconds to_nanoseconds(double seconds) {
  const double micros = std::nearbyint(seconds * 1e6);
  if (micros / 1e6 == seconds) return std::chrono::microseconds(static_cast<std::int64_t>(micros));
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::nearbyint(static_cast<long double>(seconds) * 1e9L)));
}

class Reader final : public LogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : database_(open(*source)), details_(database_) {
    if (!database_.has_table("messages"))
      fail(Errc::corrupt, "{}: not a log of python-can: no table 'messages'", database_.name());
    check_extent();
    rows_ = Statement(database_,
                      "SELECT rowid, ts, arbitration_id, extended, remote, error, dlc, data"
                      " FROM messages ORDER BY rowid");
  }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    if (missing_ != 0)
      fail(Errc::corrupt, "{}: the database is cut: {} bytes of it are missing", database_.name(),
           std::exchange(missing_, 0));
    while (filled < out.size() && !ended_) {
      ended_ = true;  // stays set when step() throws
      if (!rows_.step()) break;
      ended_ = false;
      fill_message(out[filled]);
      ++filled;
    }
  }

 private:
  /// SQLite reads missing bytes as zeros and ignores bytes after its last page.
  void check_extent() {
    const auto [file, pages] = database_.extent();
    if (file < pages) missing_ = pages - file;
    if (file > pages)
      warn(
          fmt::format("{}: {} bytes behind the end of the database are not read; was another log "
                      "joined to it?",
                      database_.name(), file - pages));
  }

  Database open(Source& source) {
    if (const std::string path = source.path(); !path.empty()) return open_unchanged(path);
    Database database(std::string(source.name()), ":memory:", SQLITE_OPEN_READWRITE);
    load(source);
    database.check(sqlite3_deserialize(
        database.get(), "main", bytes_.data(), static_cast<sqlite3_int64>(bytes_.size()),
        static_cast<sqlite3_int64>(bytes_.size()), SQLITE_DESERIALIZE_READONLY));
    return database;
  }

  void load(Source& source) {
    std::array<char, 65536> block;
    while (const std::size_t n = source.read(block)) {
      bytes_.insert(bytes_.end(), block.data(), block.data() + n);
      if (bytes_.size() > kLargestInMemory)
        fail(Errc::unsupported, "{}: too large to be read from a pipe", source.name());
    }
    if (bytes_.empty()) fail(Errc::corrupt, "{}: not a log of python-can: empty", source.name());
  }

  void fill_message(Message& out) {
    const sqlite3_int64 row = sqlite3_column_int64(rows_.get(), 0);
    const Details& details = details_.of(row);
    out.reset();
    out.channel = details.channel;
    out.transmitted = details.transmitted;
    out.timestamp = time(row);
    out.id = static_cast<std::uint32_t>(number(row, 2, kExtendedIdMask));
    out.extended = number(row, 3, 1) != 0;
    out.remote = number(row, 4, 1) != 0;
    out.error = number(row, 5, 1) != 0;
    out.length = static_cast<std::uint8_t>(number(row, 6, 64));
    out.fd = details.fd || out.length > 8;
    out.brs = details.brs;
    out.esi = details.esi;
    out.raw_dlc = details.raw_dlc;
    if (const char* flaw = why_invalid(out)) corrupt(row, flaw);
    read_data(row, out);
  }

  std::chrono::nanoseconds time(sqlite3_int64 row) {
    const int type = sqlite3_column_type(rows_.get(), 1);
    const double seconds = sqlite3_column_double(rows_.get(), 1);
    if ((type != SQLITE_FLOAT && type != SQLITE_INTEGER) ||
        !(seconds > -9.223e9 && seconds < 9.223e9))
      corrupt(row, "expected ts as a time in seconds");
    return to_nanoseconds(seconds);
  }

  std::int64_t number(sqlite3_int64 row, int column, std::int64_t limit) {
    const sqlite3_int64 value = sqlite3_column_int64(rows_.get(), column);
    if (sqlite3_column_type(rows_.get(), column) != SQLITE_INTEGER || value < 0 || value > limit)
      corrupt(row, fmt::format("expected {} as a number from 0 to {}",
                               sqlite3_column_name(rows_.get(), column), limit));
    return value;
  }

  void read_data(sqlite3_int64 row, Message& out) {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(rows_.get(), 7));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows_.get(), 7));
    if (out.remote) return;
    if (size != out.length)
      corrupt(row, fmt::format("data has {} bytes, dlc says {}", size, out.length));
    if (size > 0) std::memcpy(out.data.data(), data, size);
  }

  [[noreturn]] void corrupt(sqlite3_int64 row, std::string_view what) {
    fail(Errc::corrupt, "{}: row {}: {}", database_.name(), row, what);
  }

  std::vector<unsigned char> bytes_;  // before database_, which reads from it
  Database database_;
  DetailsReader details_;
  Statement rows_;
  bool ended_ = false;
  std::int64_t missing_ = 0;  // bytes missing at the end
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace can::sqlite
