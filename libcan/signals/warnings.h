// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cansuite/signals.h"

namespace can::signals {

/// The warnings of one file.
class Warnings {
 public:
  Warnings(std::string name, OnWarning on_warning)
      : name_(std::move(name)), on_warning_(std::move(on_warning)) {}

  /// Whether one more is told: who builds its text asks first.
  bool wanted() { return on_warning_ && ++count_ <= kMaxWarnings; }
  /// Tells one: "body.dbc:12: <text>". Only after wanted().
  void tell(std::size_t line, std::string_view text) const;
  void add(std::size_t line, std::string_view text) {
    if (wanted()) tell(line, text);
  }
  void end() const;  ///< tells how many there were beyond the first kMaxWarnings

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  OnWarning on_warning_;
  std::size_t count_ = 0;
};

}  // namespace can::signals
