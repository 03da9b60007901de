// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace can::store {

/// The names of a store's files: "store/%v/%c.blf" has a file for each vehicle and channel, and
/// "store/%v.canb" one for each vehicle.
class Pattern {
 public:
  /// `stem` is what stands before the extension, `suffix` the extension. Throws Errc::invalid where
  /// %v is missing, another letter follows a '%', or the suffix has a '%'.
  Pattern(const std::string& stem, std::string suffix);

  /// The folder that all files lie in: "store"; "." where the pattern has none.
  const std::string& folder() const { return folder_; }
  const std::string& suffix() const { return suffix_; }
  bool by_channel() const { return by_channel_; }  ///< whether each channel has files of its own

  /// A file's path in folder(): "car17/can0_2026-11-27T090000Z.blf". `window`: the start of the
  /// file's time, if files are rotated. Whatever the names are, the file lies in folder(), and
  /// different names give different paths. `copy`: 2 and so on where the path is taken. Empty for a
  /// name that no file system takes.
  std::string path_of(std::string_view vehicle, std::string_view channel,
                      std::optional<std::chrono::nanoseconds> window, unsigned copy = 1) const;

 private:
  std::string folder_, stem_, suffix_;
  bool by_channel_ = false;
};

}  // namespace can::store
