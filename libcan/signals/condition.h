// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cansuite/signals.h"

namespace can::signals {

/// A condition on the values that signals had last, such as "EngineSpeed > 3000 && Gear !=
/// Neutral".
///
/// Comparisons (== != < <= > >=) of a signal, as SIGNAL or MESSAGE.SIGNAL, with a number, or with a
/// text of its value table (== and != only), joined by && and, less tightly, by ||, with brackets
/// up to kMostNested deep. What contains blanks or brackets stands in single or double quotes.
/// Before a signal's first value, and while the value is no number, each of its comparisons is
/// false. Not thread-safe.
class Condition {
 public:
  static constexpr unsigned kMostNested = 16;  ///< brackets in each other

  /// Throws Errc::invalid: another text, a signal that no message or several messages have, a text
  /// that isn't in the value table, brackets that are nested too deep.
  Condition(const Catalog& catalog, std::string_view text);

  /// Takes the next message. Returns whether the condition holds now.
  bool add(const Message& message);

 private:
  enum class Operator : std::uint8_t { equal, unequal, less, at_most, greater, at_least };
  struct Comparison {
    const Signal* signal = nullptr;
    Operator is{};
    bool by_text = false;  // compares raw
    std::uint64_t raw = 0;
    double number = 0;
    bool holds = false;  // for the last value
  };
  enum class Step : std::uint8_t { comparison, both, either };
  class Parser;

  static bool compare(const Comparison& comparison, const Value& value);
  bool holds() const;

  std::vector<Comparison> comparisons_;
  // A comparison pushes whether it holds, the next one in order; the others join the two on top.
  std::vector<Step> steps_;
  Decoder decoder_;
  bool holds_ = false;
};

}  // namespace can::signals
