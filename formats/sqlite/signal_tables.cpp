// SPDX-License-Identifier: MIT
#include "formats/sqlite/signal_tables.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "libcan/model/fail.h"
#include "libcan/signals/addresses.h"

namespace can::sqlite {
namespace {

constexpr std::uint32_t kShort = 53;  // bits of a signal that times any usual factor fits 64 bits
constexpr int kFixedColumns = 5;      // time, time_ns, channel, source, destination
constexpr std::size_t kMostColumns = 2000;
constexpr std::size_t kTablesAPart = 200, kBytesAPart = 200'000;  // of a view: SQLite has limits

constexpr const char* kSchema =
    "CREATE TABLE signal_info(message TEXT, signal TEXT, position INTEGER, unit TEXT,"
    " comment TEXT, minimum REAL, maximum REAL, PRIMARY KEY(message, position)) WITHOUT ROWID;"
    "CREATE TABLE value_texts(message TEXT, signal TEXT, value, text TEXT,"
    " PRIMARY KEY(message, signal, value)) WITHOUT ROWID;";

bool is_whole(signals::Decimal number) {
  for (; number.exponent < 0 && number.digits % 10 == 0 && number.digits > 0; ++number.exponent)
    number.digits /= 10;
  return number.exponent >= 0 || number.digits == 0;
}

void bind_addresses(SignalRow& row, std::uint32_t id) {
  row.bind(4, sqlite3_int64{signals::source_of(id)});
  if (const auto destination = signals::destination_of(id))
    row.bind(5, sqlite3_int64{*destination});
}

}  // namespace

std::string_view column_type(const signals::Signal& signal) {
  const bool whole = signal.float_bits == 0 && is_whole(signal.factor) && is_whole(signal.offset);
  if (!whole) return "REAL";
  return signal.length <= kShort ? "INTEGER" : "";
}

SignalRow::SignalRow(Statement& statement, std::chrono::nanoseconds time) : statement_(statement) {
  sqlite3_clear_bindings(statement.get());
  bind(1, static_cast<double>(time.count()) / 1e9);
  bind(2, static_cast<sqlite3_int64>(time.count()));
}

/// Exact for whole numbers: those that SQLite's integers don't hold are texts, as is "nan", which
/// SQLite would take for NULL.
void SignalRow::bind(Statement& statement, int at, const signals::Value& value) {
  char text[signals::kLongestValue];
  const char* const end = signals::put_value(text, value);
  sqlite3_int64 number = 0;
  const auto [rest, error] = std::from_chars(text, end, number);
  if (error == std::errc() && rest == end) return statement.bind(at, number);
  const double nearest = signals::physical(value);
  const std::string_view whole(text, static_cast<std::size_t>(end - text));
  if (std::isnan(nearest) || (error == std::errc::result_out_of_range && rest == end))
    sqlite3_bind_text(statement.get(), at, whole.data(), static_cast<int>(whole.size()),
                      SQLITE_TRANSIENT);
  else
    statement.bind(at, nearest);
}

const char* SignalTables::schema() { return kSchema; }

SignalTables::SignalTables(
    Database& database,
    std::span<const std::pair<const signals::MessageDefinition*, const signals::Signal*>> signals)
    : database_(database) {
  for (const char* reserved : {"signal_info", "value_texts", "signals"}) names_.add(reserved);
  for (const auto& [message, signal] : signals) {
    Table& table = tables_[message];
    const auto place = static_cast<int>(table.signals.size());
    if (table.places.try_emplace(signal, place).second) table.signals.push_back(signal);
    if (table.signals.size() + kFixedColumns > kMostColumns)
      fail(Errc::unsupported,
           "message {} has over {} signals, more than a table of SQLite has columns",
           quote(message->name), kMostColumns - kFixedColumns);
  }
}

void SignalTables::add(const Message& m, const signals::Decoded& decoded) {
  if (decoded.values.empty()) return;
  const auto found = tables_.find(decoded.message);
  if (found == tables_.end()) return;
  Table& table = found->second;
  if (!table.insert) make(table, *decoded.message);
  SignalRow row(table.insert, m.timestamp);
  row.bind(3, m.channel.name());
  if (decoded.message->j1939) bind_addresses(row, m.id);
  for (const signals::Value& value : decoded.values)
    row.bind(kFixedColumns + 1 + table.places.at(value.signal), value);
  table.insert.run();
}

void SignalTables::make(Table& table, const signals::MessageDefinition& message) {
  if (table.name.empty()) {
    table.name = names_.add(message.name);
    Names columns;
    for (const char* fixed : {"time", "time_ns", "channel", "source", "destination"})
      columns.add(fixed);
    for (const signals::Signal* signal : table.signals)
      table.columns.push_back(columns.add(signal->name));
  }
  std::string sql = fmt::format(
      "CREATE TABLE IF NOT EXISTS {}(time REAL, time_ns INTEGER, channel TEXT, source INTEGER,"
      " destination INTEGER",
      quoted_name(table.name));
  std::string insert = fmt::format("INSERT INTO {} VALUES(?,?,?,?,?", quoted_name(table.name));
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    sql += fmt::format(", {} {}", quoted_name(table.columns[i]), column_type(*table.signals[i]));
    insert += ",?";
  }
  database_.run((sql + ")").c_str());
  table.insert = Statement(database_, insert + ")");
  describe(table);
  made_.push_back(&table);
  view_is_old_ = true;
}

void SignalTables::describe(const Table& table) {
  Statement info(database_, "INSERT OR REPLACE INTO signal_info VALUES(?,?,?,?,?,?,?)");
  for (std::size_t i = 0; i < table.signals.size(); ++i) {
    const signals::Signal& signal = *table.signals[i];
    sqlite3_clear_bindings(info.get());
    info.bind(1, std::string_view(table.name));
    info.bind(2, std::string_view(table.columns[i]));
    info.bind(3, static_cast<sqlite3_int64>(i));
    info.bind(4, std::string_view(signal.unit));
    info.bind(5, std::string_view(signal.comment));
    if (signal.has_limits()) {
      info.bind(6, to_double(signal.minimum));
      info.bind(7, to_double(signal.maximum));
    }
    info.run();
    describe_texts(table, i);
  }
}

void SignalTables::describe_texts(const Table& table, std::size_t place) {
  Statement insert(database_, "INSERT OR REPLACE INTO value_texts VALUES(?,?,?,?)");
  const signals::Signal& signal = *table.signals[place];
  for (const signals::ValueText& each : signal.values) {
    insert.bind(1, std::string_view(table.name));
    insert.bind(2, std::string_view(table.columns[place]));
    SignalRow::bind(insert, 3, {.signal = &signal, .raw = each.raw});
    insert.bind(4, std::string_view(each.text));
    insert.run();
  }
}

std::string SignalTables::select_from(const Table& table) const {
  std::string sql = "SELECT m.time, m.time_ns, m.channel, s.message, s.signal, CASE s.position";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    sql += fmt::format(" WHEN {} THEN m.{}", i, quoted_name(table.columns[i]));
  return sql +
         fmt::format(" END AS value, s.unit FROM {} AS m JOIN signal_info AS s ON s.message = {}",
                     quoted_name(table.name), quoted_text(table.name));
}

/// A view has up to 500 SELECTs and a megabyte of text, so it is made of parts.
std::vector<std::string> SignalTables::make_parts() {
  std::vector<std::string> parts;
  std::size_t tables = 0;
  for (const Table* table : made_) {
    const std::string select = select_from(*table);
    if (parts.empty() || tables == kTablesAPart || parts.back().size() > kBytesAPart) {
      parts.push_back(select);
      tables = 0;
    } else {
      parts.back() += " UNION ALL " + select;
    }
    ++tables;
  }
  return parts;
}

void SignalTables::update_view() {
  if (!view_is_old_) return;
  view_is_old_ = false;
  database_.run("DROP VIEW IF EXISTS signals");
  std::string all;
  const std::vector<std::string> parts = make_parts();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == parts_.size()) parts_.push_back(names_.add(fmt::format("signals_{}", i + 1)));
    const std::string name = quoted_name(parts_[i]);
    database_.run(("DROP VIEW IF EXISTS " + name).c_str());
    database_.run(fmt::format("CREATE VIEW {} AS {}", name, parts[i]).c_str());
    all += (i == 0 ? "SELECT * FROM " : " UNION ALL SELECT * FROM ") + name;
  }
  if (parts.empty()) return;
  database_.run(fmt::format("CREATE VIEW signals AS SELECT p.*, (SELECT text FROM value_texts AS t"
                            " WHERE t.message = p.message AND t.signal = p.signal AND"
                            " t.value = p.value) AS text FROM ({}) AS p WHERE value IS NOT NULL",
                            all)
                    .c_str());
}

void SignalTables::forget() {
  for (auto& [message, table] : tables_) table.insert = {};
  made_.clear();
  view_is_old_ = true;
}

}  // namespace can::sqlite
