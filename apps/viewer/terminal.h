// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "apps/viewer/screen.h"

namespace can::cli {

/// A key that is no character.
enum Key : int {
  kNoKey = -1,
  kUp = 0x1000,
  kDown,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kBackspace,
  kEnter,
  kEscape,
  kResized
};

/// The terminal, full screen, while the object lives. It is given back as it was, also where a
/// signal ends the program. One at a time.
class Terminal {
 public:
  /// Throws Errc::unsupported where standard output is no terminal or of an unknown kind.
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  Size size() const;
  /// What differs from the last screen is drawn.
  void show(const std::vector<Line>& lines);
  /// The next key that was typed: a character or a Key; kNoKey if there is none.
  int key();
  /// Whether there is no terminal any more.
  static bool hung_up();

 private:
  struct Screen;
  std::unique_ptr<Screen> screen_;
};

}  // namespace can::cli
