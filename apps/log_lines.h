// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace can::cli {

/// The lines of a server on standard error, which never wait for their reader: a line without room
/// is lost, and counted in a line that follows. Used by one thread.
class LogLines {
 public:
  /// `program`: the start of each line.
  explicit LogLines(std::string program) : program_(std::move(program)) {}

  void print(const std::string& text);

 private:
  bool write(const std::string& text) const;

  const std::string program_;
  std::uint64_t lost_ = 0;
};

}  // namespace can::cli
