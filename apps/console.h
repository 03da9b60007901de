// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "libcan/model/quantity.h"

namespace can::cli {

/// The progress line on stderr: only on a terminal, redrawn at most ten times a second, cleared at
/// the end.
///   12,345,678 messages  48 s  257k/s  0 dropped
class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool wanted() const { return on_; }  ///< and there is a terminal
  /// Whether show() would draw now; otherwise `rest` isn't needed.
  bool due() const;
  void show(std::uint64_t messages, const std::string& rest = {});
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool on_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

bool stdout_is_terminal();

}  // namespace can::cli
