// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cansuite/log.h"
#include "cansuite/stream.h"
#include "libcan/platform/database.h"
#include "libcan/platform/database_wear.h"

namespace can::sqlite {

/// Writes messages to a database, in a transaction from flush to flush. With a storage, a database
/// that takes nothing, as on a full disk, stalls the storage, and a later flush inserts again what
/// isn't committed. A database that was removed or moved takes nothing more, and the storage knows
/// so after flush(). A derived class inserts; its constructor ends with create().
class DatabaseWriter : public LogWriter {
 public:
  void write(std::span<const Message> messages) final;
  /// A commit that a reader prevents now is repeated by the next flush().
  void flush() final;
  void close() final;

 protected:
  DatabaseWriter(std::unique_ptr<Sink> sink, Storage* storage);

  /// Makes the tables, and begins the first transaction.
  void create(const char* schema);

  /// Stores messages in the transaction.
  virtual void insert(std::span<const Message> messages) = 0;
  /// Stores what belongs to the messages so far.
  virtual void before_commit() {}
  /// All that was inserted is in the file.
  virtual void on_commit() {}
  /// What was inserted since on_commit() is gone, tables included; the same messages come again.
  virtual void on_roll_back() = 0;
  /// The log ends: what is still to be stored.
  virtual void finish() {}

  Database& database() { return database_; }

 private:
  void begin();
  void begin_again();
  void commit();
  void committed();
  template <class Action>
  void attempt(Action action);
  void roll_back();
  void complete();
  void leave();
  template <class Try>
  void wait_for(Try succeeds, std::string_view otherwise);
  void write_out();
  bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

  std::unique_ptr<Sink> sink_;
  Storage* const storage_;
  const bool in_memory_;
  std::unique_ptr<WearCounter> wear_;  // with a storage
  Database database_;
  bool closed_ = false, left_ = false;
  std::vector<Message> uncommitted_;  // with a storage
};

}  // namespace can::sqlite
