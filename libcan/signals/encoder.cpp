// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cansuite/frame.h"
#include "libcan/model/fail.h"
#include "libcan/signals/field.h"

namespace can::signals {
namespace {

bool is_in(std::span<const RawRange> ranges, std::uint64_t raw) {
  return std::ranges::any_of(
      ranges, [&](const RawRange& range) { return raw >= range.first && raw <= range.last; });
}

/// The start value; 0 where the file has none that the signal can have.
std::uint64_t start_of(const Signal& s) {
  if (!s.start_value || s.start_value->digits == 0) return 0;
  Signal plain = s;  // a start value is raw
  plain.factor = {.digits = 1};
  plain.offset = plain.minimum = plain.maximum = {};
  plain.values.clear();
  try {
    return raw_of(plain, to_string(*s.start_value));
  } catch (const Error&) {
    return 0;
  }
}

/// Chooses the raw values of a message, then writes those that are present.
class Encoder {
 public:
  explicit Encoder(const MessageDefinition& message)
      : message_(message), chosen_(message.signals.size()) {}

  void assign(const Assignment& assignment) {
    const std::size_t place = place_of(assignment.first);
    chosen_[place] = raw_of(message_.signals[place], assignment.second);
  }

  /// Makes the multiplexers fit the assigned signals.
  void set_multiplexers() {
    const std::vector<std::optional<std::uint64_t>> assigned = chosen_;
    for (std::size_t i = 0; i < assigned.size(); ++i)
      for (std::size_t at = i; assigned[i] && message_.signals[at].parent;
           at = *message_.signals[at].parent)
        fit_parent(message_.signals[at]);
  }

  void write(Message& m) const {
    for (const bool assigned : {false, true})  // where signals overlap, those assigned count
      for (std::size_t i = 0; i < chosen_.size(); ++i)
        if (message_.signals[i].usable && chosen_[i].has_value() == assigned && is_present(i))
          set_raw(m, message_.signals[i], raw(i));
  }

 private:
  std::size_t place_of(std::string_view name) const {
    const auto& signals = message_.signals;
    const auto found = std::ranges::find(signals, name, &Signal::name);
    if (found != signals.end()) return static_cast<std::size_t>(found - signals.begin());
    std::vector<std::string_view> names;
    names.reserve(signals.size());
    for (const Signal& signal : signals) names.push_back(signal.name);
    fail(Errc::invalid, "message {} has no signal {}{}", quote(message_.name), quote(name),
         did_you_mean(name, names));
  }

  void fit_parent(const Signal& s) {
    auto& parent = chosen_[*s.parent];
    if (!parent && !s.when.empty()) parent = s.when.front().first;
    if (parent && is_in(s.when, *parent)) return;
    fail(Errc::invalid, "signal {} is not in the message with this value of {}", quote(s.name),
         quote(message_.signals[*s.parent].name));
  }

  std::uint64_t raw(std::size_t place) const {
    return chosen_[place] ? *chosen_[place] : start_of(message_.signals[place]);
  }

  bool is_present(std::size_t place) const {
    for (const Signal* s = &message_.signals[place]; s->parent; s = &message_.signals[*s->parent])
      if (!is_in(s->when, raw(*s->parent))) return false;
    return true;
  }

  const MessageDefinition& message_;
  std::vector<std::optional<std::uint64_t>> chosen_;  // raw, by signal
};

Message empty_frame(const MessageDefinition& message) {
  if (!message.reachable || message.length > (message.j1939 ? 8u : 64u))
    fail(Errc::invalid, "message {}: no frame can hold it", quote(message.name));
  const std::vector<std::uint8_t> zeros(message.length);
  if (message.fd || message.length > 8)
    return fd_frame(message.id, zeros, {.extended = message.extended, .brs = true});
  return message.extended ? extended_frame(message.id, zeros) : frame(message.id, zeros);
}

/// Cuts a text at its blanks; blanks between double quotes don't count, nor do the quotes.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool quoted = false, inside = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    const bool blank = !quoted && (c == ' ' || c == '\t');
    if (!blank && !inside) words.emplace_back();
    inside = !blank;
    if (!blank && c != '"') words.back() += c;
  }
  if (quoted) fail(Errc::invalid, "expected a second '\"' in {}", quote(text));
  return words;
}

Assignment assignment_of(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == word.npos || equals == 0)
    fail(Errc::invalid, "expected SIGNAL=VALUE, got {}", quote(word));
  return {word.substr(0, equals), word.substr(equals + 1)};
}

}  // namespace

bool set_raw(Message& m, const Signal& signal, std::uint64_t raw) {
  if (!signal.usable) return false;
  const Field field = make_field(signal, sizeof m.data);
  if (field.end > m.payload().size()) return false;
  insert(field, m.data.data(), raw);
  return true;
}

Message encode(const MessageDefinition& message, std::span<const Assignment> values) {
  Message made = empty_frame(message);
  Encoder encoder(message);
  for (const Assignment& assignment : values) encoder.assign(assignment);
  encoder.set_multiplexers();
  encoder.write(made);
  return made;
}

const MessageDefinition& message_named(const Catalog& catalog, std::string_view name) {
  std::vector<std::string_view> names;
  for (const BoundDatabase& bound : catalog.databases)
    for (const MessageDefinition& message : bound.database->messages) {
      if (message.name == name) return message;
      names.push_back(message.name);
    }
  fail(Errc::invalid, "no message {}{}", quote(name), did_you_mean(name, names));
}

Message encode(const Catalog& catalog, std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) fail(Errc::invalid, "expected the name of a message, got ''");
  std::vector<Assignment> values;
  values.reserve(words.size());
  for (std::size_t i = 1; i < words.size(); ++i) values.push_back(assignment_of(words[i]));
  return encode(message_named(catalog, words[0]), values);
}

}  // namespace can::signals
