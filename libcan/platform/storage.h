// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace can {

/// The state of the disk below a recorded log: what the log's files tell the recording. While it is
/// stalled, the files keep in memory what they were given, so the recording gives them no more, and
/// calls LogWriter::flush() to try again. Used by the thread that writes the log, but for
/// add_sync().
class Storage {
 public:
  static constexpr std::chrono::nanoseconds kNever = std::chrono::nanoseconds::max();

  /// `sync`: after this time at most a sync of what was received begins; kNever: none; 0: flush()
  /// syncs before it returns.
  explicit Storage(std::chrono::nanoseconds sync) : sync_(sync) {}

  std::chrono::nanoseconds sync() const { return sync_; }

  bool stalled() const { return !trouble_.empty(); }
  const std::string& trouble() const { return trouble_; }  ///< "drive.log: no space left on device"
  /// Messages that are in a file: all at the last save, or up to a mark where a file was cut.
  std::uint64_t saved() const { return saved_; }
  /// Messages in files that were removed while they were written.
  std::uint64_t removed() const { return removed_; }
  /// A file that lost its name while it was written.
  struct Removal {
    bool moved = false;         ///< it has another name, and takes nothing more
    std::uint64_t unsaved = 0;  ///< messages that a moved file lacks
  };
  /// What happened to a file since the last call.
  std::optional<Removal> drain_removal() { return std::exchange(removal_, {}); }
  /// Bytes given to the operating system, and syncs of files and folders: the wear of a flash disk.
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t syncs() const { return syncs_; }
  /// Whether data may be lost, as a sync failed.
  bool faulty() const { return !fault_.empty(); }
  /// What happened since the last call, for the user.
  std::vector<std::string> drain_notices() { return std::exchange(notices_, {}); }

  void stall(std::string trouble) { trouble_ = std::move(trouble); }
  void resume() { trouble_.clear(); }
  void add_bytes(std::uint64_t count) { bytes_ += count; }
  void add_sync() { ++syncs_; }  ///< for any thread
  /// Messages were given to a file.
  void add_messages(std::uint64_t count) { given_ += count; }
  /// The first `bytes` of the open file hold exactly the messages given so far.
  void add_mark(std::uint64_t bytes) { marks_.push_back({bytes, given_}); }
  /// All messages given so far are in a file.
  void add_save() {
    saved_ = given_;
    marks_.clear();
  }
  /// A file of `size` bytes takes no more: counts the messages up to the last mark in it. Returns
  /// the bytes of that mark, or `saved_size`, where the file ended at the last save.
  std::uint64_t keep_marked(std::uint64_t size, std::uint64_t saved_size);
  void add_removal() { removal_ = Removal{}; }
  void add_move() { removal_ = Removal{.moved = true, .unsaved = given_ - saved_}; }
  void add_removed(std::uint64_t messages) { removed_ += messages; }
  void add_notice(std::string text) { notices_.push_back(std::move(text)); }
  /// Told once as long as it stays the same.
  void add_fault(const std::string& text) {
    if (text != fault_) add_notice(text);
    fault_ = text;
  }

 private:
  const std::chrono::nanoseconds sync_;
  std::string trouble_, fault_;
  struct Mark {
    std::uint64_t bytes, messages;
  };

  std::uint64_t given_ = 0, saved_ = 0, removed_ = 0, bytes_ = 0;
  std::atomic<std::uint64_t> syncs_ = 0;
  std::vector<Mark> marks_;  // since the last save
  std::optional<Removal> removal_;
  std::vector<std::string> notices_;
};

inline std::uint64_t Storage::keep_marked(std::uint64_t size, std::uint64_t saved_size) {
  while (!marks_.empty() && marks_.back().bytes > size) marks_.pop_back();
  if (marks_.empty()) return saved_size;
  saved_ = marks_.back().messages;
  return marks_.back().bytes;
}

}  // namespace can
