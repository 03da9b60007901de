// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "drivers/support/serial_line.h"

namespace can::slcan {

/// What came back for a command.
struct Answer {
  enum class Kind { none, done, refused, text };  ///< none: nothing in time
  Kind kind = Kind::none;
  std::string text{};  ///< of a text: "V1013"
};

/// Commands and answers while an adapter is opened or closed. Received frames are passed over.
class Dialogue {
 public:
  explicit Dialogue(SerialLine& line) : line_(line) {}

  /// Sends the command and waits for the answer. Throws Errc::io when the line is lost or somebody
  /// wants the end.
  Answer ask(std::string_view command, std::chrono::nanoseconds limit);

  void say(std::string_view command);
  Answer next(const Deadline& deadline);

  bool has_noise() const { return noise_ > 0; }  ///< something came that is no line

 private:
  bool wait(const Deadline& deadline);
  void skip_noise();

  SerialLine& line_;
  std::size_t noise_ = 0;  // bytes
};

}  // namespace can::slcan
