// SPDX-License-Identifier: MIT
// Which multiplexer a signal belongs to, and for which of its values the signal is present.
//
// SG_MUL_VAL_ decides where there is a line for the signal. Without one, "m3" in SG_ belongs to the
// only multiplexer of the message that is not multiplexed itself.

#include <algorithm>
#include <charconv>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/signals/builder.h"

namespace can::signals {
namespace {

/// What "M", "m3" and "m3M" say.
struct Marks {
  bool valid = true;
  bool multiplexer = false;
  std::optional<std::uint64_t> value{};
};

Marks marks_of(std::string_view text) {
  Marks marks;
  if (text.starts_with('m')) {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
    if (error != std::errc{}) return {.valid = false};
    marks.value = value;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  }
  marks.multiplexer = text == "M";
  marks.valid = text.empty() || marks.multiplexer;
  return marks;
}

/// Applies the SG_MUL_VAL_ lines.
void apply_lines(Statements& statements, Index& index, Warnings& warnings) {
  for (MultiplexStatement& each : statements.multiplexing) {
    std::size_t message = 0, parent = 0;
    Signal* const signal = index.signal(each.target);
    if (!signal || !index.find(each.target.id, message) ||
        !index.find(message, each.parent, parent)) {
      if (warnings.wanted())
        warnings.tell(each.target.line,
                      fmt::format("no message {} with signals {} and {}", each.target.id,
                                  quote(each.target.name), quote(each.parent)));
      continue;
    }
    signal->parent = parent;
    signal->when = std::move(each.when);
  }
}

/// The only multiplexer that is not multiplexed; none where there are several.
std::optional<std::size_t> root_of(const MessageDefinition& message) {
  std::optional<std::size_t> root;
  for (std::size_t i = 0; i < message.signals.size(); ++i) {
    const Signal& s = message.signals[i];
    if (s.multiplexing != "M" || s.parent) continue;
    if (root) return {};
    root = i;
  }
  return root;
}

/// Applies the marks of the SG_ lines.
void apply_marks(MessageDefinition& message, const MessagePlace& place, Warnings& warnings) {
  const auto root = root_of(message);
  for (std::size_t i = 0; i < message.signals.size(); ++i) {
    Signal& s = message.signals[i];
    const Marks marks = marks_of(s.multiplexing);
    if (s.parent || (marks.valid && !marks.value)) continue;
    s.parent = root;
    if (marks.value) s.when = {{*marks.value, *marks.value}};
    s.usable = marks.valid && root;
    if (s.usable || !warnings.wanted()) continue;
    warnings.tell(place.signal_lines[i],
                  fmt::format("signal {}: {}; it is not decoded", quote(s.name),
                              marks.valid ? "its multiplexer is unknown"
                                          : "expected M, mN or mNM, got " + quote(s.multiplexing)));
  }
}

/// Makes signals unusable whose multiplexer can't be decoded, or is multiplexed by themselves.
void check_parents(MessageDefinition& message) {
  auto& signals = message.signals;
  // A signal is known once its multiplexer is: each is looked at once, along its chain.
  enum class State : std::uint8_t { fresh, open, known };
  std::vector<State> states(signals.size(), State::fresh);
  std::vector<std::size_t> chain;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    chain.clear();
    std::size_t at = i;
    while (states[at] == State::fresh && signals[at].parent) {
      states[at] = State::open;
      chain.push_back(at);
      at = *signals[at].parent;
    }
    bool usable = states[at] != State::open && signals[at].usable;
    states[at] = State::known;
    for (auto each = chain.rbegin(); each != chain.rend(); ++each) {
      usable = usable && signals[*each].usable;
      signals[*each].usable = usable;
      states[*each] = State::known;
    }
  }
}

}  // namespace

void apply_multiplexing(Statements& statements, Index& index, Warnings& warnings) {
  apply_lines(statements, index, warnings);
  auto& messages = statements.database.messages;
  for (std::size_t i = 0; i < messages.size(); ++i)
    apply_marks(messages[i], statements.places[i], warnings);
}

void check_multiplexers(Statements& statements) {
  for (MessageDefinition& message : statements.database.messages) check_parents(message);
}

}  // namespace can::signals
