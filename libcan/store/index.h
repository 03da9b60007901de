// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/fleet/position.h"
#include "libcan/platform/database.h"

namespace can::store {

using std::chrono::nanoseconds;

/// What a store remembers of a file.
struct StoredFile {
  std::int64_t id = 0;  ///< 0: not in the index
  std::string path;     ///< in the folder of the store
  std::string vehicle;
  std::string channel;                ///< "" where the file has all channels
  std::optional<nanoseconds> window;  ///< start of its time, if files are rotated
  std::uint64_t size = 0;             ///< what is durable, bytes
};

/// Messages of a channel in a file.
struct Span {
  nanoseconds first{}, last{};  ///< least and greatest time
  std::uint64_t messages = 0;
};

/// A file that someone removed, and what was in it.
struct RemovedFile {
  std::string path;  ///< in the folder of the store
  std::string vehicle;
  Span span;  ///< of all channels
};

/// "car17.canb: was removed, with 12 messages of 'car17' from 2026-11-27 09:00:00Z to ...".
std::string text_of(const RemovedFile& file);

/// The index of a store, a SQLite database in its folder: which batches of which vehicle are
/// stored, and in which files. For one thread. All functions throw Errc::io and Errc::corrupt.
class Index {
 public:
  static constexpr const char* kName = ".index.db";  ///< in the folder of the store

  enum class Use { read, write };
  /// For writing the index is made where it is missing. Throws Errc::not_found.
  Index(const std::string& folder, Use use);

  // What is stored. "next": the number of the next batch; 0 of an unknown run.
  std::uint64_t next(std::string_view vehicle, std::uint64_t run);
  std::optional<fleet::Position> durable(std::string_view vehicle);  ///< of its latest run
  std::optional<StoredFile> file(std::string_view path);
  /// The file that the vehicle's messages of the channel are appended to.
  std::optional<StoredFile> current(std::string_view vehicle, std::string_view channel);
  std::vector<StoredFile> current();                            ///< of all vehicles and channels
  std::vector<StoredFile> files();                              ///< all
  std::vector<std::string> channels(std::string_view vehicle);  ///< names that its messages have

  // Changes, which are all made by commit(), or none.
  void begin();
  void set_next(std::string_view vehicle, std::uint64_t run, std::uint64_t next);
  void set_latest(std::string_view vehicle, std::uint64_t run);
  void put(StoredFile& file);  ///< gives it an id
  void make_current(const StoredFile& file);
  void widen(const StoredFile& file, std::string_view channel, const Span& by);
  /// The file is gone; returns what was in it. Its name is free again.
  RemovedFile remove(const StoredFile& file);
  void commit();
  void roll_back();

  // What a reader asks.
  std::vector<std::string> vehicles();
  /// A file in which messages were found.
  struct Found {
    std::string path;
    nanoseconds first{}, last{};  ///< of all its messages
    std::uint64_t messages = 0;
  };
  /// The vehicle's files that may have messages from `from` to before `to`, by their first time.
  std::vector<Found> files(std::string_view vehicle, nanoseconds from, nanoseconds to);
  /// The vehicle's files that were removed, with messages of this time.
  std::vector<RemovedFile> removed(std::string_view vehicle, nanoseconds from, nanoseconds to);
  std::uint64_t removed_messages();  ///< of all vehicles

 private:
  sqlite::Statement statement(const char* sql) { return {database_, sql}; }
  std::optional<StoredFile> next_file(sqlite::Statement& query);
  void erase(const char* sql, const StoredFile& file);
  bool has_removed();

  sqlite::Database database_;
  sqlite::Statement next_, file_, current_, set_next_, set_latest_, insert_, update_, make_current_,
      widen_;
};

}  // namespace can::store
