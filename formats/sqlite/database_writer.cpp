// SPDX-License-Identifier: MIT
#include "formats/sqlite/database_writer.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "formats/sqlite/leftovers.h"
#include "libcan/model/fail.h"
#include "libcan/platform/storage.h"

namespace can::sqlite {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);  // wait for a reader at the end
constexpr const char* kRead = "another program reads it, so that nothing more can be stored";
constexpr auto kRetry = std::chrono::milliseconds(20);

Database open(Sink& sink, const WearCounter* wear) {
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
  return {name, path, SQLITE_OPEN_READWRITE, wear ? wear->name() : nullptr};
}

}  // namespace

DatabaseWriter::DatabaseWriter(std::unique_ptr<Sink> sink, Storage* storage)
    : sink_(std::move(sink)),
      storage_(storage),
      in_memory_(sink_->path().empty()),
      wear_(storage ? std::make_unique<WearCounter>(*storage) : nullptr),
      database_(open(*sink_, wear_.get())) {
  if (in_memory_ && !sink_->head().empty())
    fail(Errc::unsupported, "{}: a database can be continued in a file only", sink_->name());
  // A log under a temporary name has no readers and may be lost completely.
  if (sink_->name() != sink_->path())
    database_.run("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
  sqlite3_busy_timeout(database_.get(), 0);  // see wait_for()
}

void DatabaseWriter::create(const char* schema) {
  wait_for([&] { return database_.try_to_run(schema); }, kRead);
  begin();
}

void DatabaseWriter::write(std::span<const Message> messages) {
  if (storage_) uncommitted_.insert(uncommitted_.end(), messages.begin(), messages.end());
  if (storage_ && storage_->stalled()) return;
  attempt([&] { insert(messages); });
}

void DatabaseWriter::flush() {
  attempt([this] {
    begin_again();
    before_commit();
    if (!database_.try_to_run("COMMIT")) return;
    committed();
    sink_->flush();
    begin();
  });
  if (storage_ && database_.has_moved()) leave();
}

void DatabaseWriter::close() {
  if (std::exchange(closed_, true)) return;
  if (!left_) complete();
  sink_->close();
}

void DatabaseWriter::complete() {
  begin_again();
  finish();
  before_commit();
  commit();
  committed();
  if (in_memory_) write_out();
}

/// What isn't committed is lost. The sink sees whether the file was removed.
void DatabaseWriter::leave() {
  left_ = true;
  storage_->add_move();
  sink_->flush();
}

void DatabaseWriter::committed() {
  uncommitted_.clear();
  if (storage_) storage_->resume();
  on_commit();
}

/// Locks the database from the first message on: against writers, not readers.
void DatabaseWriter::begin() {
  wait_for([this] { return database_.try_to_run("BEGIN IMMEDIATE"); }, "another program writes it");
}

void DatabaseWriter::begin_again() {
  if (in_transaction()) return;
  on_roll_back();
  begin();
  insert(uncommitted_);
}

void DatabaseWriter::commit() {
  wait_for([this] { return database_.try_to_run("COMMIT"); }, kRead);
}

template <class Action>
void DatabaseWriter::attempt(Action action) {
  try {
    action();
  } catch (const Error& error) {
    if (!storage_) throw;
    roll_back();
    if (!database_.has_moved()) storage_->stall(error.what());
  }
}

void DatabaseWriter::roll_back() {
  for (sqlite3_stmt* each = nullptr; (each = sqlite3_next_stmt(database_.get(), each)) != nullptr;)
    sqlite3_reset(each);
  if (in_transaction()) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

/// SQLite's own wait would delay every message while the log is read, not only the last.
template <class Try>
void DatabaseWriter::wait_for(Try succeeds, std::string_view otherwise) {
  using Clock = std::chrono::steady_clock;
  for (const auto start = Clock::now(); !succeeds(); std::this_thread::sleep_for(kRetry))
    if (Clock::now() - start > kPatience) fail(Errc::io, "{}: {}", database_.name(), otherwise);
}

void DatabaseWriter::write_out() {
  sqlite3_int64 size = 0;
  const auto free = [](unsigned char* bytes) { sqlite3_free(bytes); };
  const std::unique_ptr<unsigned char, decltype(free)> bytes(
      sqlite3_serialize(database_.get(), "main", &size, 0), free);
  sink_->write({reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)});
}

}  // namespace can::sqlite
