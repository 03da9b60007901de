// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cansuite/signals.h"

namespace can::cli {

/// What messages mean, as texts for the screen. Without DBC files nothing has a meaning.
class Meanings {
 public:
  Meanings() = default;
  explicit Meanings(const signals::Catalog& catalog) : decoder_(catalog) {}

  bool any() const { return decoder_.has_value(); }
  /// The name of the message; "" for one that no file knows.
  std::string name(const Message& message) const;
  /// "Speed 850.5 rpm", "Gear 2 Second", in the order of the file.
  std::vector<std::string> values(const Message& message) const;

 private:
  mutable std::optional<signals::Decoder> decoder_;  // reuses its memory
};

}  // namespace can::cli
