// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <concepts>
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

  bool step();                                    ///< steps to the next row; false at the end
  void reset() { sqlite3_reset(handle_.get()); }  ///< the next step() begins anew
  void run() {
    step();
    sqlite3_reset(handle_.get());
  }
  /// Of the current row; the columns count from 0. A text is valid until the next step.
  std::int64_t integer(int column) const { return sqlite3_column_int64(get(), column); }
  std::string_view text(int column) const {
    const unsigned char* at = sqlite3_column_text(get(), column);
    return {reinterpret_cast<const char*>(at),
            static_cast<std::size_t>(sqlite3_column_bytes(get(), column))};
  }
  bool null(int column) const { return sqlite3_column_type(get(), column) == SQLITE_NULL; }

  sqlite3_stmt* get() const { return handle_.get(); }
  explicit operator bool() const { return handle_ != nullptr; }

  template <std::integral Number>
  void bind(int at, Number value) {
    sqlite3_bind_int64(get(), at, static_cast<sqlite3_int64>(value));
  }
  void bind_null(int at) { sqlite3_bind_null(get(), at); }
  void bind(int at, double value) { sqlite3_bind_double(get(), at, value); }
  /// `bytes` must be valid until run().
  void bind(int at, std::span<const std::uint8_t> bytes) {
    // A null pointer would bind NULL; python-can expects an empty BLOB.
    sqlite3_bind_blob(get(), at, bytes.empty() ? static_cast<const void*>("") : bytes.data(),
                      static_cast<int>(bytes.size()), SQLITE_STATIC);
  }
  /// A null view, such as the name of no channel, is NULL.
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

/// An open database. Errors of SQLite are thrown: Errc::corrupt for a damaged file, else Errc::io.
class Database {
 public:
  /// `name` is for error texts, `flags` and `layer` are those of sqlite3_open_v2().
  Database(std::string name, const std::string& path, int flags, const char* layer = nullptr);
  /// Opens a file to read that no program writes: without locks and without files beside it.
  static Database open_immutable(std::string name, const std::string& path);

  void check(int result) {
    if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) refuse(result);
  }
  void run(const char* sql) { check(sqlite3_exec(get(), sql, nullptr, nullptr, nullptr)); }

  /// Runs `sql`; false where another user of the database prevents it now.
  bool try_to_run(const char* sql);

  bool in_transaction() const { return sqlite3_get_autocommit(get()) == 0; }

  bool has_table(const char* table);

  /// The size of the file and of its pages in bytes, read within one transaction.
  struct Extent {
    std::int64_t file = 0, pages = 0;
  };
  Extent extent();

  /// Whether the journal of a writer has to be applied first, and the database is open to read
  /// only.
  bool needs_recovery();

  /// Whether the file doesn't have its name any more: SQLite writes no such file.
  bool has_moved() const;

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
