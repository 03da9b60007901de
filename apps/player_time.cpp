// SPDX-License-Identifier: MIT
#include "apps/player_time.h"

#include <unistd.h>

#include <utility>

namespace can::cli {

Keys::Keys(bool wanted) {
  termios usual{};
  if (!wanted || ::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &usual) != 0) return;
  if (!in_foreground()) return;
  usual_ = usual;
  termios changed = usual;
  changed.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  changed.c_cc[VMIN] = 0;
  changed.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &changed);
}

/// In the background the keys are the shell's, and touching the terminal would stop the program.
bool Keys::in_foreground() { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

char Keys::read() {
  char key = '\0';
  if (!in_foreground() || ::read(STDIN_FILENO, &key, 1) == 1) return key;
  usual_.reset();  // the terminal hung up
  return '\0';
}

void Keys::restore() {
  const auto usual = std::exchange(usual_, std::nullopt);
  if (usual && in_foreground()) ::tcsetattr(STDIN_FILENO, TCSANOW, &*usual);
}

bool PlayerTime::wait_until(Clock::time_point due) {
  while (signals_.wait_until(due + paused_, keys_.descriptor()))
    if (keys_.read() == ' ') pause();
  return !end_wanted();
}

/// Until the next space or a signal.
void PlayerTime::pause() {
  const auto began = now();
  while (signals_.wait_until(Clock::time_point::max(), keys_.descriptor()))
    if (keys_.read() == ' ') break;
  paused_ += now() - began;
}

std::chrono::nanoseconds PlayerTime::drain_pause() {
  return std::exchange(paused_, std::chrono::nanoseconds{});
}

bool StepTime::wait_until(Clock::time_point) {
  const bool terminal = keys_.descriptor() >= 0;
  for (char byte = '\0'; signals_.wait_until(Clock::time_point::max(), STDIN_FILENO);) {
    if (terminal && keys_.read() != '\0') return true;
    if (terminal) break;
    if (::read(STDIN_FILENO, &byte, 1) != 1) break;
    if (byte == '\n') return true;
  }
  ended_ = true;
  return false;
}

}  // namespace can::cli
