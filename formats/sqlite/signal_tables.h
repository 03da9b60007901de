// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "cansuite/signals.h"
#include "formats/sqlite/names.h"
#include "libcan/platform/database.h"

namespace can::sqlite {

/// A row of a table of signals: the time, the channel and the values of one message.
class SignalRow {
 public:
  SignalRow(Statement& statement, std::chrono::nanoseconds time);

  void bind(int at, std::string_view text) { statement_.bind(at, text); }
  void bind(int at, sqlite3_int64 number) { statement_.bind(at, number); }
  void bind(int at, double number) { statement_.bind(at, number); }
  void bind(int at, const signals::Value& value) { bind(statement_, at, value); }
  /// The same in any statement.
  static void bind(Statement& statement, int at, const signals::Value& value);

 private:
  Statement& statement_;
};

/// "INTEGER" where all values of the signal are whole numbers, else "REAL"; "" for whole numbers
/// that may be too large for SQLite, which would make rounded ones of them.
std::string_view column_type(const signals::Signal& signal);

/// The tables of a database of signals: one a message, made when the first message comes, and what
/// describes the signals. See sqlite.cpp.
class SignalTables {
 public:
  /// `signals`: those of a decoder, with their numbers. Throws Errc::unsupported where a message
  /// has more signals than a table can have columns.
  SignalTables(Database& database,
               std::span<const std::pair<const signals::MessageDefinition*, const signals::Signal*>>
                   signals);

  static const char* schema();

  void add(const Message& message, const signals::Decoded& decoded);
  /// Makes the view of all signals anew if there are new tables.
  void update_view();
  /// The tables are gone, or may be.
  void forget();

 private:
  struct Table {
    std::string name;
    std::vector<const signals::Signal*> signals{};
    std::vector<std::string> columns{};  // in the order of `signals`
    std::unordered_map<const signals::Signal*, int> places{};
    Statement insert{};
  };

  void make(Table& table, const signals::MessageDefinition& message);
  void describe(const Table& table);
  void describe_texts(const Table& table, std::size_t place);
  std::string select_from(const Table& table) const;
  std::vector<std::string> make_parts();

  Database& database_;
  Names names_;
  std::unordered_map<const signals::MessageDefinition*, Table> tables_;
  std::vector<const Table*> made_;  // in this order
  std::vector<std::string> parts_;  // names of the view's parts
  bool view_is_old_ = true;
};

}  // namespace can::sqlite
