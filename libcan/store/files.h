// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cansuite/message.h"
#include "libcan/store/index.h"
#include "libcan/store/outputs.h"
#include "libcan/store/pattern.h"

namespace can::store {

/// A file of a store.
struct LogFile {
  StoredFile stored;
  std::map<Channel, Span> spans;  ///< of the messages since the last save()

  void count(std::span<const Message> messages);
};

/// Which messages go into which file. For one thread.
class Files {
 public:
  /// `every`: the time of a file, by its messages; 0: one file for all times. The index must
  /// outlive this.
  Files(Index& index, Pattern pattern, nanoseconds every)
      : index_(index), pattern_(std::move(pattern)), every_(every) {}

  /// The file for messages from `time` on; null where no file can have the names. Valid until
  /// save() or forget().
  LogFile* find(std::string_view vehicle, std::string_view channel, nanoseconds time);

  /// Saves in the index what is durable.
  void save(const std::vector<Outputs::Size>& sizes);
  /// What was not saved is no longer known.
  void forget();

 private:
  using Current = std::map<std::string, LogFile*, std::less<>>;  // by channel

  LogFile*& current(std::string_view vehicle, std::string_view channel);
  bool stays(const StoredFile& file, std::optional<nanoseconds> window) const;
  LogFile* find_next(StoredFile wanted);
  LogFile* find_known(const std::string& path);
  bool is_current(const StoredFile& file) const;

  Index& index_;
  const Pattern pattern_;
  const nanoseconds every_;
  std::unordered_map<std::string, LogFile> files_;       // by path
  std::map<std::string, Current, std::less<>> current_;  // by vehicle
};

}  // namespace can::store
