// SPDX-License-Identifier: MIT
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "formats/sqlite/details.h"
#include "formats/sqlite/leftovers.h"
#include "formats/sqlite/sqlite.h"
#include "libcan/model/fail.h"
#include "libcan/platform/storage.h"

namespace can::sqlite {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS messages(ts REAL, arbitration_id INTEGER, extended INTEGER,"
    " remote INTEGER, error INTEGER, dlc INTEGER, data BLOB);"
    "CREATE TABLE IF NOT EXISTS message_details(message INTEGER PRIMARY KEY, channel TEXT,"
    " fd INTEGER, brs INTEGER, esi INTEGER, transmitted INTEGER, raw_dlc INTEGER);"
    "CREATE VIEW IF NOT EXISTS full_messages AS SELECT m.rowid AS message, m.ts,"
    " m.arbitration_id, m.extended, m.remote, m.error, m.dlc, m.data, d.channel, d.fd, d.brs,"
    " d.esi, d.transmitted, d.raw_dlc FROM messages AS m JOIN message_details AS d"
    " ON d.message = coalesce((SELECT message FROM message_details WHERE message = m.rowid), 0);";
constexpr auto kPatience = std::chrono::seconds(60);  // wait for a reader at the end
constexpr const char* kRead = "another program reads it, so that nothing more can be stored";
constexpr auto kRetry = std::chrono::milliseconds(20);
constexpr int kRowsAStatement = 50;  // half as expensive as one row a statement
constexpr int kColumns = 7;

/// A double of present-day seconds holds no more than microseconds.
double to_seconds(std::chrono::nanoseconds time) {
  return static_cast<double>(std::chrono::floor<std::chrono::microseconds>(time).count()) / 1e6;
}

class Writer final : public LogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, Storage* storage)
      : sink_(std::move(sink)),
        storage_(storage),
        in_memory_(sink_->path().empty()),
        database_(open(*sink_)) {
    load_existing();
    // A log under a temporary name has no readers and may be lost completely.
    if (sink_->name() != sink_->path())
      database_.run("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
    sqlite3_busy_timeout(database_.get(), 0);  // see wait_for()
    wait_for([this] { return database_.try_to_run(kSchema); }, kRead);
    std::string many = "INSERT INTO messages VALUES(?,?,?,?,?,?,?)";
    one_ = Statement(database_, many);
    for (int i = 1; i < kRowsAStatement; ++i) many += ",(?,?,?,?,?,?,?)";
    many_ = Statement(database_, many);
    details_ = Statement(database_, "INSERT INTO message_details VALUES(?,?,?,?,?,?,?)");
    load_defaults();
    begin();
  }

  void write(std::span<const Message> messages) override {
    if (storage_) uncommitted_.insert(uncommitted_.end(), messages.begin(), messages.end());
    if (storage_ && storage_->stalled()) return;
    attempt([&] { insert(messages); });
  }

  /// A commit that a reader prevents now is repeated by the next flush().
  void flush() override {
    attempt([this] {
      begin_again();
      if (!database_.try_to_run("COMMIT")) return;
      uncommitted_.clear();
      if (storage_) report_to(*storage_);
      sink_->flush();
      begin();
    });
  }

  std::uint64_t size() const override { return static_cast<std::uint64_t>(last_row_) * kBytesARow; }

  void close() override {
    if (std::exchange(closed_, true)) return;
    begin_again();
    commit();
    if (storage_) report_to(*storage_);
    if (in_memory_) write_out();
    sink_->close();
  }

 private:
  static constexpr std::uint64_t kBytesARow = 32;  // estimated size of a row with 8 bytes
  static constexpr int kPage = 4096;

  static Database open(Sink& sink) {
    const std::string path = sink.path(), name(sink.name());
    if (path.empty()) return {name, ":memory:", SQLITE_OPEN_READWRITE};
    if (sink.start() > 0) {
      refuse_second_file(path);
    } else {
      if (name == path)
        remove_leftovers(path);
      else  // the file to be replaced
        refuse_leftovers(name);
      sink.truncate();
    }
    return {name, path, SQLITE_OPEN_READWRITE};
  }

  /// Locks the database from the first message on: against writers, not readers.
  void begin() {
    wait_for([this] { return database_.try_to_run("BEGIN IMMEDIATE"); },
             "another program writes it");
  }
  void report_to(Storage& storage) {
    storage.resume();
    int pages = 0, unused = 0;  // without those of the journal
    sqlite3_db_status(database_.get(), SQLITE_DBSTATUS_CACHE_WRITE, &pages, &unused, 1);
    storage.add_bytes(static_cast<std::uint64_t>(pages) * kPage);
  }
  void commit() {
    wait_for([this] { return database_.try_to_run("COMMIT"); }, kRead);
  }

  bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

  /// With a storage, an error, as of a full disk, stalls it: the next flush inserts again what is
  /// not committed.
  template <class Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const Error& error) {
      if (!storage_) throw;
      roll_back();
      storage_->stall(error.what());
    }
  }

  void roll_back() {
    for (const Statement* statement : {&one_, &many_, &details_}) sqlite3_reset(statement->get());
    if (in_transaction()) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

  void begin_again() {
    if (in_transaction()) return;
    defaults_ = {};
    load_defaults();
    begin();
    insert(uncommitted_);
  }

  /// SQLite's own wait would delay every message while the log is read, not only the last.
  template <class Try>
  void wait_for(Try succeeds, std::string_view otherwise) {
    using Clock = std::chrono::steady_clock;
    for (const auto start = Clock::now(); !succeeds(); std::this_thread::sleep_for(kRetry))
      if (Clock::now() - start > kPatience) fail(Errc::io, "{}: {}", database_.name(), otherwise);
  }

  void insert(std::span<const Message> messages) {
    if (messages.empty()) return;
    if (!have_defaults_) choose_defaults(messages.front());
    const auto first = last_row_ + 1;
    for (std::size_t at = 0; at < messages.size();) {
      const std::size_t rows = messages.size() - at >= kRowsAStatement ? kRowsAStatement : 1;
      Statement& statement = rows == 1 ? one_ : many_;
      for (std::size_t row = 0; row < rows; ++row)
        bind(statement, static_cast<int>(row) * kColumns, messages[at + row]);
      statement.run();
      at += rows;
    }
    last_row_ = sqlite3_last_insert_rowid(database_.get());
    write_details(messages, first);
  }

  void bind(Statement& statement, int at, const Message& m) {
    statement.bind(at + 1, to_seconds(m.timestamp));
    statement.bind(at + 2, static_cast<sqlite3_int64>(m.id));
    statement.bind(at + 3, static_cast<sqlite3_int64>(m.extended));
    statement.bind(at + 4, static_cast<sqlite3_int64>(m.remote));
    statement.bind(at + 5, static_cast<sqlite3_int64>(m.error));
    statement.bind(at + 6, static_cast<sqlite3_int64>(m.length));
    statement.bind(at + 7, m.payload());
  }

  void write_details(std::span<const Message> messages, sqlite3_int64 row) {
    for (const Message& m : messages) {
      if (const Details details = details_of(m); details != defaults_) put_details(row, details);
      ++row;
    }
  }

  void put_details(sqlite3_int64 row, const Details& d) {
    details_.bind(1, row);
    details_.bind(2, d.channel.name());
    for (int at = 3; bool flag : {d.fd, d.brs, d.esi, d.transmitted})
      details_.bind(at++, static_cast<sqlite3_int64>(flag));
    details_.bind(7, static_cast<sqlite3_int64>(d.raw_dlc));
    details_.run();
  }

  // Most logs have one main channel, and most frames on it have the same details: they need no row.
  void choose_defaults(const Message& first) {
    have_defaults_ = true;
    // Earlier rows had no details and must not get any now.
    if (last_row_ == 0) defaults_.channel = first.channel;
    put_details(kDefaults, defaults_);
  }

  void load_defaults() {
    Statement last(database_, "SELECT coalesce(max(rowid), 0) FROM messages");
    if (last.step()) last_row_ = sqlite3_column_int64(last.get(), 0);
    DetailsReader existing(database_);
    Statement row(database_, "SELECT 1 FROM message_details WHERE message = 0");
    have_defaults_ = row.step();
    if (have_defaults_) defaults_ = existing.of(last_row_ + 1);
  }

  // A sink in memory that is not empty holds a database to be continued.
  void load_existing() {
    if (!in_memory_ || sink_->head().empty()) return;
    fail(Errc::unsupported, "{}: a database can be continued in a file only", sink_->name());
  }

  void write_out() {
    sqlite3_int64 size = 0;
    const auto free = [](unsigned char* bytes) { sqlite3_free(bytes); };
    const std::unique_ptr<unsigned char, decltype(free)> bytes(
        sqlite3_serialize(database_.get(), "main", &size, 0), free);
    sink_->write({reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)});
  }

  std::unique_ptr<Sink> sink_;
  Storage* const storage_;
  const bool in_memory_;
  Database database_;
  Statement one_, many_, details_;
  Details defaults_;
  bool have_defaults_ = false, closed_ = false;
  sqlite3_int64 last_row_ = 0;
  std::vector<Message> uncommitted_;  // with a storage
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options.storage);
}

}  // namespace can::sqlite
