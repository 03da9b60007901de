// SPDX-License-Identifier: MIT
#include <chrono>
#include <string>

#include "formats/sqlite/database_writer.h"
#include "formats/sqlite/details.h"
#include "formats/sqlite/sqlite.h"

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
constexpr int kRowsAStatement = 50;  // half as expensive as one row a statement
constexpr int kColumns = 7;

/// A double of present-day seconds holds no more than microseconds.
double to_seconds(std::chrono::nanoseconds time) {
  return static_cast<double>(std::chrono::floor<std::chrono::microseconds>(time).count()) / 1e6;
}

class Writer final : public DatabaseWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, Storage* storage) : DatabaseWriter(std::move(sink), storage) {
    create(kSchema);
    std::string many = "INSERT INTO messages VALUES(?,?,?,?,?,?,?)";
    one_ = Statement(database(), many);
    for (int i = 1; i < kRowsAStatement; ++i) many += ",(?,?,?,?,?,?,?)";
    many_ = Statement(database(), many);
    details_ = Statement(database(), "INSERT INTO message_details VALUES(?,?,?,?,?,?,?)");
    load_defaults();
  }

  std::uint64_t size() const override { return static_cast<std::uint64_t>(last_row_) * kBytesARow; }

 private:
  static constexpr std::uint64_t kBytesARow = 32;  // estimated size of a row with 8 bytes

  void on_roll_back() override {
    defaults_ = {};
    load_defaults();
  }

  void insert(std::span<const Message> messages) override {
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
    last_row_ = sqlite3_last_insert_rowid(database().get());
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
    Statement last(database(), "SELECT coalesce(max(rowid), 0) FROM messages");
    if (last.step()) last_row_ = sqlite3_column_int64(last.get(), 0);
    DetailsReader existing(database());
    Statement row(database(), "SELECT 1 FROM message_details WHERE message = 0");
    have_defaults_ = row.step();
    if (have_defaults_) defaults_ = existing.of(last_row_ + 1);
  }

  Statement one_, many_, details_;
  Details defaults_;
  bool have_defaults_ = false;
  sqlite3_int64 last_row_ = 0;
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options.storage);
}

}  // namespace can::sqlite
