// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace can::sqlite {

class Database;

/// A prepared statement.
class Statement {
 public:
  Statement() = default;
  Statement(Database& database, const std::string& sql);

  bool step();  ///< true while there is a row
  void run() {
    step();
    sqlite3_reset(handle_.get());
  }
  sqlite3_stmt* get() const { return handle_.get(); }
  explicit operator bool() const { return handle_ != nullptr; }

  void bind(int at, sqlite3_int64 value) { sqlite3_bind_int64(get(), at, value); }
  void bind(int at, double value) { sqlite3_bind_double(get(), at, value); }
  /// `bytes` have to live until run().
  void bind(int at, std::span<const std::uint8_t> bytes) {
    // A null pointer would be NULL; python-can wants an empty BLOB.
    sqlite3_bind_blob(get(), at, bytes.empty() ? static_cast<const void*>("") : bytes.data(),
                      static_cast<int>(bytes.size()), SQLITE_STATIC);
  }
  void bind(int at, std::string_view text) {
    sqlite3_bind_text(get(), at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  Database* database_ = nullptr;
};

/// An open database. Whatever SQLite refuses is thrown: Errc::corrupt where the file is to blame,
/// else Errc::io.
class Database {
 public:
  /// `name` is for errors, `flags` those of sqlite3_open_v2().
  Database(std::string name, const std::string& path, int flags);
  /// To read a file that nobody writes meanwhile: without locks and without files beside it.
  static Database open_immutable(std::string name, const std::string& path);

  void check(int result) {
    if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) refuse(result);
  }
  void run(const char* sql) { check(sqlite3_exec(get(), sql, nullptr, nullptr, nullptr)); }

  /// False where somebody else's use of the database doesn't let it happen now.
  bool try_to_run(const char* sql);

  bool has_table(const char* table);

  /// The file's size, and what its pages take, in bytes, as no writer changes them meanwhile.
  struct Extent {
    std::int64_t file = 0, pages = 0;
  };
  Extent extent();

  /// Whether a writer's journal has to be applied first, and this is open to read only.
  bool needs_recovery();

  sqlite3* get() const { return handle_.get(); }
  const std::string& name() const { return name_; }

 private:
  [[noreturn]] void refuse(int result);

  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string name_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace can::sqlite
