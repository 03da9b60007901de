// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cansuite/log.h"
#include "libcan/platform/file.h"

namespace can::store {

/// Continues the log at a path, where it is made if it is missing.
using Append = std::function<std::unique_ptr<LogWriter>(const std::string& path)>;

/// The files that a store writes. Few are open at a time; the one that was used least recently is
/// closed for the next one. For one thread. All functions throw Errc::io.
class Outputs {
 public:
  /// Paths are those in `folder`.
  Outputs(std::string folder, Append append, std::size_t max_open);

  /// A file to be written. `durable`: the bytes that are to be kept of it, where nothing was
  /// written since the last sync(). Makes missing folders.
  struct Target {
    const std::string& path;
    std::uint64_t durable = 0;
  };
  void write(const Target& target, std::span<const Message> messages);
  void write(const Target& target, std::string_view bytes);
  /// Marks that messages are missing before those that follow.
  void write_event(const Target& target, std::string_view text, std::chrono::nanoseconds at);

  /// The size of a file, all of which is durable.
  struct Size {
    std::string path;
    std::uint64_t bytes = 0;
  };
  /// Makes durable what was written; returns the files that were.
  std::vector<Size> sync();

  /// What sync() returned is in the index.
  void keep();
  /// Closes all files; what was written since the last sync() is to be cut off.
  void forget();
  /// Paths of files that were made since the last keep(), also by a program before this one.
  std::vector<std::string> made() const;

 private:
  struct Open {
    std::string path;
    std::unique_ptr<LogWriter> log;  // null: batches
    std::optional<File> file;
  };

  Open& open(const Target& target);
  void make_room();
  void prepare(const Target& target);
  std::vector<Size> sizes_of_written() const;
  void sync_to_disk();
  std::string full(const std::string& path) const { return folder_ + "/" + path; }

  const std::string folder_;
  const Append append_;
  const std::size_t max_open_;
  File made_;  // a list of paths: not of someone else's files, should this program be killed
  std::list<Open> open_;  // the one used last in front
  std::unordered_map<std::string, std::list<Open>::iterator> by_path_;
  std::set<std::string> written_;  // paths, since the last sync()
};

}  // namespace can::store
