// SPDX-License-Identifier: MIT
#include "libcan/signals/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can::signals {
namespace {

constexpr std::string_view kQuotes = "\"'", kEnds = " \t=!<>&|()\"'";

/// The value table's entry with this text; null for none.
const ValueText* entry_of(const Signal& signal, std::string_view text) {
  const auto found = std::ranges::find(signal.values, text, &ValueText::text);
  return found == signal.values.end() ? nullptr : &*found;
}

}  // namespace

class Condition::Parser {
 public:
  Parser(Condition& made, const Catalog& catalog, std::string_view text)
      : made_(made), catalog_(catalog), all_(text), rest_(text) {}

  void parse() {
    any();
    if (!rest_.empty())
      fail(Errc::invalid, "expected && or || in {}, got {}", quote(all_), quote(rest_));
  }
  /// Those of the comparisons, as patterns.
  std::vector<std::string> take_names() { return std::move(names_); }

 private:
  void any() {
    for (all(); take_next("||"); made_.steps_.push_back(Step::either)) all();
  }

  void all() {
    for (one(); take_next("&&"); made_.steps_.push_back(Step::both)) one();
  }

  /// A comparison, or a condition in brackets.
  void one() {
    if (!take_next("(")) {
      made_.comparisons_.push_back(comparison());
      return made_.steps_.push_back(Step::comparison);
    }
    if (++nested_ > kMostNested)
      fail(Errc::invalid, "expected at most {} brackets in each other in {}", kMostNested,
           quote(all_));
    any();
    if (!take(")")) fail(Errc::invalid, "expected ) in {}, got {}", quote(all_), quote(rest_));
    --nested_;
    skip_blanks();
  }

  bool take_next(std::string_view token) {
    skip_blanks();
    return take(token);
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::string_view word(std::string_view what) {
    skip_blanks();
    const bool in_quotes = !rest_.empty() && kQuotes.find(rest_[0]) != kQuotes.npos;
    const char mark = in_quotes ? rest_[0] : '\0';
    if (in_quotes) rest_.remove_prefix(1);
    const std::size_t end =
        in_quotes ? rest_.find(mark) : std::min(rest_.find_first_of(kEnds), rest_.size());
    if (end == rest_.npos || (end == 0 && !in_quotes))
      fail(Errc::invalid, "expected {} in {}, got {}", what, quote(all_), quote(rest_));
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(in_quotes ? end + 1 : end);
    return word;
  }

  Operator operation() {
    skip_blanks();
    static constexpr std::pair<std::string_view, Operator> kOperators[] = {
        {"==", Operator::equal},    {"!=", Operator::unequal}, {"<=", Operator::at_most},
        {">=", Operator::at_least}, {"<", Operator::less},     {">", Operator::greater}};
    for (const auto& [text, is] : kOperators)
      if (take(text)) return is;
    fail(Errc::invalid, "expected one of == != < <= > >= in {}, got {}", quote(all_), quote(rest_));
  }

  Comparison comparison() {
    Comparison made;
    const std::string_view name = word("a signal");
    made.signal = &find(name);
    made.is = operation();
    set_value(made, name, word("a value"));
    return made;
  }

  struct FullName {
    std::string_view message, signal;
  };

  [[noreturn]] static void refuse_several(std::string_view name, FullName one, FullName other) {
    if (one.signal == other.signal)
      fail(Errc::invalid, "{} is a signal of {} and of {}; MESSAGE.SIGNAL chooses one", quote(name),
           quote(one.message), quote(other.message));
    fail(Errc::invalid, "{} stands for several signals, {}.{} and {}.{} among them; expected one",
         quote(name), one.message, one.signal, other.message, other.signal);
  }

  /// The signal with this name, which only one message may have.
  const Signal& find(std::string_view name) {
    const Catalog one{.databases = {}, .patterns = {std::string(name)}};
    const Signal* found = nullptr;
    std::string message;
    for (const BoundDatabase& bound : catalog_.databases)
      for (const MessageDefinition& each : bound.database->messages)
        for (const Signal& signal : each.signals) {
          if (!each.reachable || !signal.usable || !selects(one, each, signal)) continue;
          if (found) refuse_several(name, {message, found->name}, {each.name, signal.name});
          found = &signal;
          message = each.name;
        }
    if (!found) fail(Errc::invalid, "no signal is named {}", quote(name));
    names_.push_back(message + "." + found->name);
    return *found;
  }

  static void set_value(Comparison& made, std::string_view name, std::string_view value) {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), made.number);
    const bool complete = error == std::errc() && end == value.data() + value.size();
    if (complete && std::isfinite(made.number)) return;  // "nan" and "inf" are texts
    const ValueText* const entry = entry_of(*made.signal, value);
    if (!entry)
      fail(Errc::invalid, "{}: expected a number or a text of its value table, got {}", quote(name),
           quote(value));
    if (made.is != Operator::equal && made.is != Operator::unequal)
      fail(Errc::invalid, "{}: a text such as {} is compared by == or !=", quote(name),
           quote(value));
    made.by_text = true;
    made.raw = entry->raw;
  }

  Condition& made_;
  const Catalog& catalog_;
  const std::string_view all_;
  std::string_view rest_;
  unsigned nested_ = 0;
  std::vector<std::string> names_;
};

Condition::Condition(const Catalog& catalog, std::string_view text)
    : decoder_([&] {
        Parser parser(*this, catalog, text);
        parser.parse();
        Catalog chosen = catalog;
        chosen.patterns = parser.take_names();
        return Decoder(std::move(chosen));
      }()) {}

bool Condition::compare(const Comparison& comparison, const Value& value) {
  if (comparison.by_text)
    return (value.raw == comparison.raw) == (comparison.is == Operator::equal);
  const double number = physical(value);
  switch (comparison.is) {
    case Operator::equal:
      return number == comparison.number;
    case Operator::unequal:
      return number < comparison.number || number > comparison.number;
    case Operator::less:
      return number < comparison.number;
    case Operator::at_most:
      return number <= comparison.number;
    case Operator::greater:
      return number > comparison.number;
    case Operator::at_least:
      return number >= comparison.number;
  }
  return false;
}

bool Condition::holds() const {
  // The stack, the top in the lowest bit: each bracket has at most two values below it.
  static_assert(2 * kMostNested + 3 <= 64);
  std::uint64_t stack = 0;
  auto next = comparisons_.begin();
  for (const Step step : steps_) {
    if (step == Step::comparison)
      stack = stack << 1 | std::uint64_t{next++->holds};
    else if (step == Step::both)
      stack = stack >> 1 & (stack | ~std::uint64_t{1});
    else
      stack = stack >> 1 | (stack & 1);
  }
  return (stack & 1) != 0;
}

bool Condition::add(const Message& message) {
  const auto values = decoder_.decode(message).values;
  if (values.empty()) return holds_;
  for (Comparison& comparison : comparisons_)
    for (const Value& value : values)
      if (value.signal == comparison.signal) comparison.holds = compare(comparison, value);
  return holds_ = holds();
}

}  // namespace can::signals
