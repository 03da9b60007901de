// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

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

  void show(std::uint64_t messages, const std::string& rest = {});
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool on_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

bool stdout_is_terminal();

/// "12,345,678"
std::string grouped(std::uint64_t number);
/// "1 message", "2 messages"
std::string counted(std::uint64_t number, const std::string& noun);

}  // namespace can::cli
