// SPDX-License-Identifier: MIT
#include "libcan/signals/builder.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "libcan/model/fail.h"
#include "libcan/signals/decimal.h"

namespace can::signals {
namespace {

constexpr std::uint64_t kExtendedFlag = 0x8000'0000;
constexpr std::uint64_t kIndependent = 0xC000'0000;  // the id of a message that stands for none

bool below(const ValueText& a, const ValueText& b) {
  return std::pair(!a.negative, a.raw) < std::pair(!b.negative, b.raw);
}

/// Sorts by raw value. Of two texts for one value, the last counts.
void sort_values(std::vector<ValueText>& values) {
  std::ranges::reverse(values);
  std::ranges::stable_sort(values, below);
  const auto same = [](const ValueText& a, const ValueText& b) {
    return a.raw == b.raw && a.negative == b.negative;
  };
  values.erase(std::unique(values.begin(), values.end(), same), values.end());
}

void warn_unknown(Warnings& warnings, const Target& target) {
  if (!warnings.wanted()) return;
  const std::string signal = target.kind == Target::Kind::signal
                                 ? fmt::format(" with a signal {}", quote(target.name))
                                 : "";
  warnings.tell(target.line, fmt::format("no message {}{}", target.id, signal));
}

void apply_id(MessageDefinition& message, std::uint64_t id, Warnings& warnings) {
  message.extended = (id & kExtendedFlag) != 0 || id > kStandardIdMask;
  const std::uint64_t bare = (id & kExtendedFlag) != 0 ? id & ~kExtendedFlag : id;
  message.id = static_cast<std::uint32_t>(bare);
  message.reachable = id < 0x1'0000'0000 && bare <= kExtendedIdMask;
  if (!message.reachable && id != kIndependent) {
    if (warnings.wanted())
      warnings.tell(message.line, fmt::format("an id has at most 29 bits, got {}", id));
  } else if (message.extended && (id & kExtendedFlag) == 0) {
    if (warnings.wanted())
      warnings.tell(message.line,
                    fmt::format("id {} is read as extended: a standard id is at most 2047", id));
  }
}

/// Why the signal can't be decoded; null where it can.
const char* fault_of(const Signal& s, std::uint64_t message_bits) {
  if (s.length == 0) return "has no bits";
  if (s.float_bits != 0 && s.length != s.float_bits) return "is a float of another length";
  // Of big endian, the bits before the start in its byte don't count.
  const std::uint64_t first =
      s.order == ByteOrder::little ? s.start : s.start / 8 * 8 + (7 - s.start % 8);
  if (first + s.length > message_bits) return "leaves the message";
  return s.length > 64 ? "has more than 64 bits" : nullptr;
}

void check_signal(Signal& s, std::size_t line, std::uint64_t bits, Warnings& warnings) {
  const char* const fault = fault_of(s, bits);
  if (fault) {
    s.usable = false;
    if (warnings.wanted())
      warnings.tell(line, fmt::format("signal {} {}; it is not decoded", quote(s.name), fault));
  }
  if (s.factor.digits == 0 && warnings.wanted())
    warnings.tell(line, fmt::format("signal {} has the factor 0", quote(s.name)));
  align(s.factor, s.offset);
}

void check_names(const MessageDefinition& message, const MessagePlace& place, Warnings& warnings) {
  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i < message.signals.size(); ++i) {
    const std::string& name = message.signals[i].name;
    if (!names.insert(name).second && warnings.wanted())
      warnings.tell(place.signal_lines[i], fmt::format("a second signal {} in message {}",
                                                       quote(name), quote(message.name)));
  }
}

}  // namespace

void apply_ids(Statements& statements, Warnings& warnings) {
  auto& messages = statements.database.messages;
  std::set<std::uint64_t> known;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    apply_id(messages[i], statements.places[i].id, warnings);
    const std::uint64_t id = messages[i].id | (messages[i].extended ? kExtendedFlag : 0);
    if (!messages[i].reachable || known.insert(id).second) continue;
    messages[i].reachable = false;
    if (warnings.wanted())
      warnings.tell(messages[i].line,
                    fmt::format("a second message with id {}; the first counts", messages[i].id));
  }
}

void apply_values(Statements& statements, Index& index, Warnings& warnings) {
  for (TypeStatement& each : statements.types) {
    Signal* const signal = index.signal(each.target);
    if (!signal) {
      warn_unknown(warnings, each.target);
    } else if (each.type > 2) {
      if (warnings.wanted())
        warnings.tell(each.target.line,
                      fmt::format("expected a type from 0 to 2, got {}", each.type));
    } else {
      signal->float_bits = each.type == 0 ? 0 : each.type == 1 ? 32 : 64;
    }
  }
  for (ValueTable& table : statements.database.tables) sort_values(table.values);
  for (ValuesStatement& each : statements.values) {
    Signal* const signal = index.signal(each.target);
    if (!signal) {
      warn_unknown(warnings, each.target);
      continue;
    }
    signal->values = std::move(each.values);
    sort_values(signal->values);
  }
  for (const CommentStatement& each : statements.comments)
    if (each.target.kind == Target::Kind::message) {
      if (MessageDefinition* message = index.message(each.target))
        message->comment = unescaped(each.text);
    } else if (Signal* signal = index.signal(each.target)) {
      signal->comment = unescaped(each.text);
    }
}

void check_signals(Statements& statements, Warnings& warnings) {
  auto& messages = statements.database.messages;
  for (std::size_t m = 0; m < messages.size(); ++m) {
    MessageDefinition& message = messages[m];
    if (statements.places[m].id == kIndependent) continue;
    const MessagePlace& place = statements.places[m];
    for (std::size_t s = 0; s < message.signals.size(); ++s)
      check_signal(message.signals[s], place.signal_lines[s], std::uint64_t{message.length} * 8,
                   warnings);
    check_names(message, place, warnings);
  }
}

Database build(Statements statements, Warnings& warnings) {
  Index index(statements);
  apply_ids(statements, warnings);
  apply_values(statements, index, warnings);
  apply_multiplexing(statements, index, warnings);
  apply_attributes(statements, index, warnings);
  check_signals(statements, warnings);
  check_multiplexers(statements);
  auto& messages = statements.database.messages;
  const auto stands_for_none = [&](const MessageDefinition& message) {
    return statements.places[static_cast<std::size_t>(&message - messages.data())].id ==
           kIndependent;
  };
  std::vector<MessageDefinition> kept;
  kept.reserve(messages.size());
  for (MessageDefinition& message : messages)
    if (!stands_for_none(message)) kept.push_back(std::move(message));
  return {warnings.name(), std::move(kept), std::move(statements.database.tables)};
}

}  // namespace can::signals
