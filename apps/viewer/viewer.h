// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/viewer/feed.h"
#include "apps/viewer/screen.h"
#include "apps/viewer/table.h"
#include "apps/viewer/terminal.h"

namespace can::cli {

/// canviewer without a terminal: what keys do, and what is shown.
class Viewer {
 public:
  using Clock = std::chrono::steady_clock;

  /// `meter` is not owned; it gets the messages.
  Viewer(std::string title, std::unique_ptr<Feed> feed, LoadMeter& meter, Meanings meanings = {});

  void filter(const std::string& text) { table_.filter(text); }

  /// Takes the messages that came. To be called ten times a second.
  void step();
  /// A key was typed; `size` is the screen's.
  void type(int key, Size size);
  std::vector<Line> screen(Size size);
  bool finished() const { return finished_; }

 private:
  enum class Prompt { none, send, filter };

  void take();
  void measure();
  void type_in_prompt(int key);
  void scroll(int key, Size size);
  void enter();
  void begin_sending();
  void send(const std::string& text);
  void start(const std::string& frame, const std::string& period);

  const std::string title_;
  const std::unique_ptr<Feed> feed_;
  LoadMeter& meter_;
  Table table_;
  Facts facts_;
  Look look_;
  Prompt prompt_ = Prompt::none;
  std::string typed_;
  std::vector<std::unique_ptr<PeriodicTask>> periodic_;
  Clock::time_point measured_ = Clock::now(), came_ = measured_;  // the last message came
  std::uint64_t counted_ = 0;                                     // messages when measured
  bool finished_ = false;
};

}  // namespace can::cli
