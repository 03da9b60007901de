// SPDX-License-Identifier: MIT
// The SQLite database of python-can:
//
//   CREATE TABLE messages (ts REAL, arbitration_id INTEGER, extended INTEGER, remote INTEGER,
//                          error INTEGER, dlc INTEGER, data BLOB)
//
// Source: python-can can/io/sqlite.py, whose reader takes the columns by position and no others.
// So the rest of a message stands in a second table, in the row with the message's rowid:
//
//   CREATE TABLE message_details (message INTEGER PRIMARY KEY, channel TEXT, fd INTEGER,
//                                 brs INTEGER, esi INTEGER, transmitted INTEGER, raw_dlc INTEGER)
//
// Row 0 holds what is true of every message without a row of its own. The view full_messages joins
// the two. A REAL holds present-day times to about 0.2 microseconds: whole microseconds come back
// exactly.

#include <sqlite3.h>

#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "formats/format.h"
#include "libcan/error.h"

namespace can {
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
constexpr int kRowsAStatement = 50;  // half the cost of one row a statement
constexpr int kColumns = 7;
constexpr sqlite3_int64 kDefaults = 0;  // the row of message_details for messages without one
constexpr int kLongestValue = 1'000'000;
constexpr std::size_t kLargestInMemory = std::size_t{1} << 30;

/// Seconds as the shortest decimal with 6 places that is `seconds`, else as near as a double is.
std::chrono::nanoseconds to_nanoseconds(double seconds) {
  const double micros = std::nearbyint(seconds * 1e6);
  if (micros / 1e6 == seconds) return std::chrono::microseconds(static_cast<std::int64_t>(micros));
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::nearbyint(static_cast<long double>(seconds) * 1e9L)));
}

double to_seconds(std::chrono::nanoseconds time) {
  const std::int64_t nanos = time.count();
  if (nanos % 1000 == 0) return static_cast<double>(nanos / 1000) / 1e6;
  return static_cast<double>(static_cast<long double>(nanos) / 1e9L);
}

/// What message_details holds of a message.
struct Details {
  Channel channel{};
  bool fd = false, brs = false, esi = false, transmitted = false;
  std::uint8_t raw_dlc = 0;
  bool operator==(const Details&) const = default;
};

Details details_of(const Message& m) {
  return {m.channel, m.fd, m.brs, m.esi, m.transmitted, m.len8_dlc};
}

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

class Database {
 public:
  Database(std::string name, const std::string& path, int flags) : name_(std::move(name)) {
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    check(result);
    sqlite3_busy_timeout(handle, 2000);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestValue);
    // A database from elsewhere may try to make its schema run things.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  }

  void check(int result) {
    if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) refuse(result);
  }
  void run(const char* sql) { check(sqlite3_exec(get(), sql, nullptr, nullptr, nullptr)); }

  bool has_table(const char* table) {
    Statement query(*this, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" +
                               std::string(table) + "'");
    return query.step();
  }

  sqlite3* get() const { return handle_.get(); }
  const std::string& name() const { return name_; }

 private:
  [[noreturn]] void refuse(int result) {
    const int kind = result & 0xFF;
    const bool damaged = kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT || kind == SQLITE_ERROR ||
                         kind == SQLITE_TOOBIG || kind == SQLITE_FORMAT;
    fail(damaged ? Errc::corrupt : Errc::io, "{}: {}", name_,
         handle_ ? sqlite3_errmsg(get()) : sqlite3_errstr(result));
  }

  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string name_;
  std::unique_ptr<sqlite3, Close> handle_;
};

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

/// Reads the rows of message_details in step with those of messages.
class DetailsReader {
 public:
  explicit DetailsReader(Database& database) {
    if (!database.has_table("message_details")) return;
    rows_ = Statement(database,
                      "SELECT message, channel, fd, brs, esi, transmitted, raw_dlc"
                      " FROM message_details ORDER BY message");
    advance();
    if (row_ == kDefaults) {
      defaults_ = details_;
      advance();
    }
  }

  const Details& of(sqlite3_int64 message) {
    while (row_ < message) advance();
    return row_ == message ? details_ : defaults_;
  }

 private:
  void advance() {
    if (!rows_ || !rows_.step()) {
      row_ = INT64_MAX;
      return;
    }
    const auto number = [&](int column) { return sqlite3_column_int(rows_.get(), column); };
    row_ = sqlite3_column_int64(rows_.get(), 0);
    const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(rows_.get(), 1));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows_.get(), 1));
    details_ = {name ? channels_.find({name, size}) : Channel(),
                number(2) != 0,
                number(3) != 0,
                number(4) != 0,
                number(5) != 0,
                static_cast<std::uint8_t>(number(6) & 15)};
  }

  Statement rows_;
  ChannelCache channels_;
  Details defaults_, details_;
  sqlite3_int64 row_ = INT64_MAX;
};

class Reader final : public LogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : database_(open(*source)), details_(database_) {
    if (!database_.has_table("messages"))
      fail(Errc::corrupt, "{}: not a log of python-can: no table 'messages'", database_.name());
    rows_ = Statement(database_,
                      "SELECT rowid, ts, arbitration_id, extended, remote, error, dlc, data"
                      " FROM messages ORDER BY rowid");
  }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled < out.size() && !ended_) {
      ended_ = true;  // stays so when the step throws
      if (!rows_.step()) break;
      ended_ = false;
      take(out[filled]);
      ++filled;
    }
  }

 private:
  Database open(Source& source) {
    if (const std::string path = source.path(); !path.empty())
      return {path, path, SQLITE_OPEN_READONLY};
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

  void take(Message& out) {
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
    out.len8_dlc = details.raw_dlc;
    if (const char* flaw = flaw_of(out)) corrupt(row, flaw);
    take_data(row, out);
  }

  std::chrono::nanoseconds time(sqlite3_int64 row) {
    const int type = sqlite3_column_type(rows_.get(), 1);
    const double seconds = sqlite3_column_double(rows_.get(), 1);
    if ((type != SQLITE_FLOAT && type != SQLITE_INTEGER) || !(seconds > -9e9 && seconds < 9e9))
      corrupt(row, "ts is no time in seconds");
    return to_nanoseconds(seconds);
  }

  std::int64_t number(sqlite3_int64 row, int column, std::int64_t most) {
    const sqlite3_int64 value = sqlite3_column_int64(rows_.get(), column);
    if (sqlite3_column_type(rows_.get(), column) != SQLITE_INTEGER || value < 0 || value > most)
      corrupt(row, fmt::format("{} is no number from 0 to {}",
                               sqlite3_column_name(rows_.get(), column), most));
    return value;
  }

  void take_data(sqlite3_int64 row, Message& out) {
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

  std::vector<unsigned char> bytes_;  // before the database, which reads from it
  Database database_;
  DetailsReader details_;
  Statement rows_;
  bool ended_ = false;
};

class Writer final : public LogWriter {
 public:
  explicit Writer(std::unique_ptr<Sink> sink)
      : sink_(std::move(sink)),
        database_(std::string(sink_->name()),
                  sink_->path().empty() ? std::string(":memory:") : sink_->path(),
                  SQLITE_OPEN_READWRITE) {
    load_existing();
    database_.run(kSchema);
    std::string many = "INSERT INTO messages VALUES(?,?,?,?,?,?,?)";
    one_ = Statement(database_, many);
    for (int i = 1; i < kRowsAStatement; ++i) many += ",(?,?,?,?,?,?,?)";
    many_ = Statement(database_, many);
    details_ = Statement(database_, "INSERT INTO message_details VALUES(?,?,?,?,?,?,?)");
    load_defaults();
    database_.run("BEGIN");
  }

  void write(std::span<const Message> messages) override {
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

  void flush() override { database_.run("COMMIT; BEGIN"); }

  std::uint64_t size() const override { return static_cast<std::uint64_t>(last_row_) * kBytesARow; }

  void close() override {
    if (std::exchange(closed_, true)) return;
    database_.run("COMMIT");
    if (sink_->path().empty()) write_out();
    sink_->close();
  }

 private:
  static constexpr std::uint64_t kBytesARow = 32;  // about what a row of 8 bytes takes
  static constexpr int kPage = 4096;

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

  // Most logs have one main channel, and most frames on it are alike: they need no row.
  void choose_defaults(const Message& first) {
    have_defaults_ = true;
    // Rows that were there before had no details: they must not get any now.
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

  // A sink in memory that isn't empty holds a database to go on with.
  void load_existing() {
    if (!sink_->path().empty() || sink_->head().empty()) return;
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
  Database database_;
  Statement one_, many_, details_;
  Details defaults_;
  bool have_defaults_ = false, closed_ = false;
  sqlite3_int64 last_row_ = 0;
};

int sniff(std::string_view head) {
  return head.starts_with(std::string_view("SQLite format 3\0", 16)) ? 100 : 0;
}

constexpr std::string_view kExtensions[] = {".db", ".sqlite"};

}  // namespace

namespace formats {
extern const Format sqlite;
constinit const Format sqlite = {
    .name = "sqlite",
    .title = "python-can SQLite log",
    .extensions = kExtensions,
    .keeps = {.fd = true,
              .error = true,
              .error_detail = true,
              .remote = true,
              .direction = true,
              .raw_dlc = true,
              .channel = KeepsChannel::name,
              .step = std::chrono::microseconds(1)},
    .appends = true,
    .needs_file = true,
    .sniff = sniff,
    .open = [](std::unique_ptr<Source> in, const LogOptions&) -> std::unique_ptr<LogReader> {
      return std::make_unique<Reader>(std::move(in));
    },
    .create = [](std::unique_ptr<Sink> out, const LogOptions&) -> std::unique_ptr<LogWriter> {
      return std::make_unique<Writer>(std::move(out));
    },
};
}  // namespace formats
}  // namespace can
