// SPDX-License-Identifier: MIT
#include "libcan/platform/database.h"

#include <utility>

#include "libcan/model/fail.h"

namespace can::sqlite {
namespace {

constexpr int kLongestValue = 1'000'000;

}  // namespace

Statement::Statement(Database& database, const std::string& sql) : database_(&database) {
  sqlite3_stmt* handle = nullptr;
  database.check(sqlite3_prepare_v3(database.get(), sql.c_str(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &handle, nullptr));
  handle_.reset(handle);
}

bool Statement::step() {
  const int result = sqlite3_step(get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) {
    sqlite3_reset(get());
    database_->check(result);
  }
  return result == SQLITE_ROW;
}

Database::Database(std::string name, const std::string& path, int flags, const char* layer)
    : name_(std::move(name)) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, layer);
  handle_.reset(handle);
  check(result);
  sqlite3_busy_timeout(handle, 2000);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestValue);
  // The schema of a foreign database must not run code.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

Database Database::open_immutable(std::string name, const std::string& path) {
  std::string uri = "file:";
  for (const char c : path)
    if (c == '?' || c == '#' || c == '%')
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    else
      uri += c;
  return {std::move(name), uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI};
}

bool Database::try_to_run(const char* sql) {
  const int result = sqlite3_exec(get(), sql, nullptr, nullptr, nullptr);
  if ((result & 0xFF) == SQLITE_BUSY) return false;
  check(result);
  return true;
}

bool Database::needs_recovery() {
  const int result = sqlite3_exec(get(), "SELECT 1 FROM sqlite_schema", nullptr, nullptr, nullptr);
  return result != SQLITE_OK && sqlite3_extended_errcode(get()) == SQLITE_READONLY_ROLLBACK;
}

bool Database::has_table(const char* table) {
  Statement query(*this, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" +
                             std::string(table) + "'");
  return query.step();
}

Database::Extent Database::extent() {
  run("BEGIN");
  Statement query(*this,
                  "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size, "
                  "(SELECT count(*) FROM sqlite_schema)");
  query.step();
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  check(sqlite3_file_control(get(), "main", SQLITE_FCNTL_FILE_POINTER, &file));
  check(file->pMethods->xFileSize(file, &size));
  const Extent extent = {
      size, sqlite3_column_int64(query.get(), 0) * sqlite3_column_int64(query.get(), 1)};
  query = {};
  run("COMMIT");
  return extent;
}

bool Database::has_moved() const {
  int moved = 0;
  sqlite3_file_control(get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

void Database::refuse(int result) {
  const int kind = result & 0xFF;
  const bool damaged = kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT || kind == SQLITE_ERROR ||
                       kind == SQLITE_TOOBIG || kind == SQLITE_FORMAT;
  fail(damaged ? Errc::corrupt : Errc::io, "{}: {}", name_,
       handle_ ? sqlite3_errmsg(get()) : sqlite3_errstr(result));
}

}  // namespace can::sqlite
