// SPDX-License-Identifier: MIT
#include "libcan/store/index.h"

#include <filesystem>

#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"
#include "libcan/model/quantity.h"

namespace can::store {
namespace {

constexpr int kVersion = 1;

constexpr const char* kSchema =
    "CREATE TABLE runs(vehicle TEXT NOT NULL, run INTEGER NOT NULL, next INTEGER NOT NULL,"
    " PRIMARY KEY(vehicle, run)) WITHOUT ROWID;"
    "CREATE TABLE latest(vehicle TEXT PRIMARY KEY, run INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE files(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, vehicle TEXT NOT NULL,"
    " channel TEXT NOT NULL, window INTEGER, size INTEGER NOT NULL);"
    "CREATE INDEX files_by_vehicle ON files(vehicle);"
    "CREATE TABLE current(vehicle TEXT NOT NULL, channel TEXT NOT NULL, file INTEGER NOT NULL,"
    " PRIMARY KEY(vehicle, channel)) WITHOUT ROWID;"
    "CREATE TABLE spans(file INTEGER NOT NULL, channel TEXT NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, messages INTEGER NOT NULL, PRIMARY KEY(file, channel)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

constexpr const char* kRemoved =
    "CREATE TABLE IF NOT EXISTS removed(path TEXT NOT NULL, vehicle TEXT NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL, messages INTEGER NOT NULL)";

constexpr const char* kFileColumns =
    "SELECT id, path, files.vehicle, files.channel, window, size FROM ";

std::string utc_text(nanoseconds time) {
  const CivilTime civil = to_civil(time, {.local = false});
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}Z", civil.year, civil.month, civil.day,
                     civil.hour, civil.minute, civil.second);
}

Span span_of(sqlite::Statement& query, int column) {
  return {nanoseconds(query.integer(column)), nanoseconds(query.integer(column + 1)),
          static_cast<std::uint64_t>(query.integer(column + 2))};
}

std::string path_in(const std::string& folder) { return folder + "/" + Index::kName; }

int flags_for(const std::string& folder, Index::Use use) {
  if (use == Index::Use::write) return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  // To read, too: the journal of a killed writer may have to be applied first.
  if (!std::filesystem::exists(path_in(folder)))
    fail(Errc::not_found, "{}: is no store of vehicles: it has no {}", folder, Index::kName);
  return SQLITE_OPEN_READWRITE;
}

}  // namespace

std::string text_of(const RemovedFile& file) {
  return fmt::format("{}: was removed, with {} of {} from {} to {}", file.path,
                     counted(file.span.messages, "message"), quote(file.vehicle),
                     utc_text(file.span.first), utc_text(file.span.last));
}

Index::Index(const std::string& folder, Use use)
    : database_(path_in(folder), path_in(folder), flags_for(folder, use)) {
  database_.run("PRAGMA synchronous = EXTRA");
  auto version = statement("PRAGMA user_version");
  version.step();
  const auto found = version.integer(0);
  version = {};
  if (found == 0 && use == Use::write)
    database_.run(fmt::format("BEGIN;{}COMMIT;", kSchema).c_str());
  else if (found != kVersion)
    fail(Errc::unsupported, "{}: an index of version {}, expected {}", path_in(folder), found,
         kVersion);
  if (use == Use::write) database_.run(kRemoved);
  next_ = statement("SELECT next FROM runs WHERE vehicle = ? AND run = ?");
  file_ = {database_, std::string(kFileColumns) + "files WHERE path = ?"};
  current_ = {database_, std::string(kFileColumns) +
                             "current JOIN files ON id = file WHERE current.vehicle = ? AND "
                             "current.channel = ?"};
  set_next_ = statement("INSERT OR REPLACE INTO runs VALUES(?, ?, ?)");
  set_latest_ = statement("INSERT OR REPLACE INTO latest VALUES(?, ?)");
  insert_ = statement(
      "INSERT INTO files(path, vehicle, channel, window, size) VALUES(?, ?, ?, ?, ?) RETURNING id");
  update_ = statement("UPDATE files SET size = ? WHERE id = ?");
  make_current_ = statement("INSERT OR REPLACE INTO current VALUES(?, ?, ?)");
  widen_ = statement(
      "INSERT INTO spans VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first = min(first,"
      " excluded.first), last = max(last, excluded.last), messages = messages + excluded.messages");
}

std::uint64_t Index::next(std::string_view vehicle, std::uint64_t run) {
  next_.bind(1, vehicle);
  next_.bind(2, run);
  const std::uint64_t found = next_.step() ? static_cast<std::uint64_t>(next_.integer(0)) : 0;
  next_.reset();
  return found;
}

std::optional<fleet::Position> Index::durable(std::string_view vehicle) {
  auto query = statement(
      "SELECT run, next FROM latest JOIN runs USING(vehicle, run) WHERE vehicle = ? AND next > 0");
  query.bind(1, vehicle);
  if (!query.step()) return {};
  return fleet::Position{static_cast<std::uint64_t>(query.integer(0)),
                         static_cast<std::uint64_t>(query.integer(1)) - 1};
}

std::optional<StoredFile> Index::next_file(sqlite::Statement& query) {
  if (!query.step()) return {};
  StoredFile file{.id = query.integer(0),
                  .path = std::string(query.text(1)),
                  .vehicle = std::string(query.text(2)),
                  .channel = std::string(query.text(3)),
                  .window = {},
                  .size = static_cast<std::uint64_t>(query.integer(5))};
  if (!query.null(4)) file.window = nanoseconds(query.integer(4));
  return file;
}

std::optional<StoredFile> Index::file(std::string_view path) {
  file_.bind(1, path);
  auto found = next_file(file_);
  file_.reset();
  return found;
}

std::optional<StoredFile> Index::current(std::string_view vehicle, std::string_view channel) {
  current_.bind(1, vehicle);
  current_.bind(2, channel.empty() ? std::string_view("") : channel);
  auto found = next_file(current_);
  current_.reset();
  return found;
}

std::vector<StoredFile> Index::current() {
  sqlite::Statement query(database_, std::string(kFileColumns) + "current JOIN files ON id = file");
  std::vector<StoredFile> all;
  while (auto file = next_file(query)) all.push_back(std::move(*file));
  return all;
}

std::vector<StoredFile> Index::files() {
  sqlite::Statement query(database_, std::string(kFileColumns) + "files");
  std::vector<StoredFile> all;
  while (auto file = next_file(query)) all.push_back(std::move(*file));
  return all;
}

std::vector<std::string> Index::channels(std::string_view vehicle) {
  auto query = statement(
      "SELECT DISTINCT spans.channel FROM files JOIN spans ON file = id WHERE vehicle = ?");
  query.bind(1, vehicle);
  std::vector<std::string> all;
  while (query.step()) all.emplace_back(query.text(0));
  return all;
}

void Index::begin() { database_.run("BEGIN IMMEDIATE"); }
void Index::commit() { database_.run("COMMIT"); }
void Index::roll_back() {
  if (database_.in_transaction()) database_.run("ROLLBACK");
}

void Index::set_next(std::string_view vehicle, std::uint64_t run, std::uint64_t next) {
  set_next_.bind(1, vehicle);
  set_next_.bind(2, run);
  set_next_.bind(3, next);
  set_next_.run();
}

void Index::set_latest(std::string_view vehicle, std::uint64_t run) {
  set_latest_.bind(1, vehicle);
  set_latest_.bind(2, run);
  set_latest_.run();
}

void Index::put(StoredFile& file) {
  if (file.id != 0) {
    update_.bind(1, file.size);
    update_.bind(2, file.id);
    return update_.run();
  }
  insert_.bind(1, file.path);
  insert_.bind(2, file.vehicle);
  insert_.bind(3, file.channel);
  if (file.window)
    insert_.bind(4, file.window->count());
  else
    insert_.bind_null(4);
  insert_.bind(5, file.size);
  insert_.step();
  file.id = insert_.integer(0);
  insert_.reset();
}

void Index::make_current(const StoredFile& file) {
  make_current_.bind(1, file.vehicle);
  make_current_.bind(2, file.channel);
  make_current_.bind(3, file.id);
  make_current_.run();
}

void Index::widen(const StoredFile& file, std::string_view channel, const Span& by) {
  widen_.bind(1, file.id);
  widen_.bind(2, channel.empty() ? std::string_view("") : channel);
  widen_.bind(3, by.first.count());
  widen_.bind(4, by.last.count());
  widen_.bind(5, by.messages);
  widen_.run();
}

std::vector<std::string> Index::vehicles() {
  auto query = statement("SELECT vehicle FROM latest ORDER BY vehicle");
  std::vector<std::string> all;
  while (query.step()) all.emplace_back(query.text(0));
  return all;
}

std::vector<Index::Found> Index::files(std::string_view vehicle, nanoseconds from, nanoseconds to) {
  auto query = statement(
      "SELECT path, min(first) AS first, max(last) AS last, sum(messages) FROM files JOIN spans ON "
      "file = id"
      " WHERE vehicle = ? GROUP BY id HAVING last >= ? AND first < ? ORDER BY first, path");
  query.bind(1, vehicle);
  query.bind(2, from.count());
  query.bind(3, to.count());
  std::vector<Found> all;
  while (query.step())
    all.push_back({std::string(query.text(0)), nanoseconds(query.integer(1)),
                   nanoseconds(query.integer(2)), static_cast<std::uint64_t>(query.integer(3))});
  return all;
}

RemovedFile Index::remove(const StoredFile& file) {
  auto query = statement("SELECT min(first), max(last), sum(messages) FROM spans WHERE file = ?");
  query.bind(1, file.id);
  query.step();
  RemovedFile removed{file.path, file.vehicle, span_of(query, 0)};
  auto insert = statement("INSERT INTO removed VALUES(?, ?, ?, ?, ?)");
  insert.bind(1, removed.path);
  insert.bind(2, removed.vehicle);
  insert.bind(3, removed.span.first.count());
  insert.bind(4, removed.span.last.count());
  insert.bind(5, removed.span.messages);
  insert.run();
  erase("DELETE FROM spans WHERE file = ?", file);
  erase("DELETE FROM current WHERE file = ?", file);
  erase("DELETE FROM files WHERE id = ?", file);
  return removed;
}

void Index::erase(const char* sql, const StoredFile& file) {
  auto change = statement(sql);
  change.bind(1, file.id);
  change.run();
}

/// An older program's index that no sink has opened since has no such table.
bool Index::has_removed() {
  return statement("SELECT 1 FROM sqlite_master WHERE name = 'removed'").step();
}

std::vector<RemovedFile> Index::removed(std::string_view vehicle, nanoseconds from,
                                        nanoseconds to) {
  std::vector<RemovedFile> all;
  if (!has_removed()) return all;
  auto query = statement(
      "SELECT path, vehicle, first, last, messages FROM removed"
      " WHERE vehicle = ? AND last >= ? AND first < ? ORDER BY first, path");
  query.bind(1, vehicle);
  query.bind(2, from.count());
  query.bind(3, to.count());
  while (query.step())
    all.push_back({std::string(query.text(0)), std::string(query.text(1)), span_of(query, 2)});
  return all;
}

std::uint64_t Index::removed_messages() {
  auto query = statement("SELECT sum(messages) FROM removed");
  query.step();
  return static_cast<std::uint64_t>(query.integer(0));
}

}  // namespace can::store
