// SPDX-License-Identifier: MIT
// The attributes that count: long names, the frame's format, the cycle time, the SPN, start values.

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "libcan/signals/builder.h"

namespace can::signals {
namespace {

enum class Frame { plain, fd, j1939 };

Frame frame_of(std::string_view word) {
  if (word.ends_with("CAN_FD")) return Frame::fd;
  return word == "J1939PG" ? Frame::j1939 : Frame::plain;
}

/// VFrameFormat: the word or its place in the definition; without a definition, the vendor's usual
/// places.
Frame frame_format(std::string_view value, const AttributeDefinition& definition) {
  std::size_t place = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), place);
  if (error != std::errc{} || stop != value.data() + value.size()) return frame_of(value);
  const auto& words = definition.words;
  if (!words.empty()) return place < words.size() ? frame_of(words[place]) : Frame::plain;
  return place == 3 ? Frame::j1939 : place == 14 || place == 15 ? Frame::fd : Frame::plain;
}

void apply_format(MessageDefinition& message, Frame frame) {
  message.fd = frame == Frame::fd;
  message.j1939 = frame == Frame::j1939;
}

void apply_cycle(MessageDefinition& message, std::string_view value) {
  message.cycle = parse_decimal(value);
  if (message.cycle && (message.cycle->digits == 0 || message.cycle->negative))
    message.cycle.reset();
}

void apply_spn(Signal& signal, std::string_view value) {
  const auto number = parse_decimal(value);
  Decimal whole = number.value_or(Decimal{});
  if (!number || number->negative || number->exponent < 0 || number->exponent > 18) return;
  for (; whole.exponent > 0; --whole.exponent) whole.digits *= 10;
  signal.spn = whole.digits;
}

class Applier {
 public:
  Applier(Statements& statements, Index& index) : statements_(statements), index_(index) {}

  void run() {
    apply_presets();
    for (const AttributeStatement& each : statements_.attributes) apply(each);
    apply_senders();
    auto& messages = statements_.database.messages;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      rename_senders(messages[i]);
      rename_repeated(i);
    }
  }

 private:
  void apply_presets() {
    for (const auto& [attribute, definition] : statements_.definitions) {
      if (!definition.has_preset) continue;
      for (MessageDefinition& message : statements_.database.messages) {
        if (attribute == Attribute::frame_format || attribute == Attribute::cycle)
          apply(message, attribute, definition.preset);
        if (attribute != Attribute::start_value) continue;
        for (Signal& signal : message.signals)
          signal.start_value = parse_decimal(definition.preset);
      }
    }
  }

  void apply(const AttributeStatement& each) {
    if (each.target.kind == Target::Kind::node && each.attribute == Attribute::node_name)
      nodes_[std::string(each.target.name)] = unescaped(each.value);
    if (each.target.kind == Target::Kind::message)
      if (MessageDefinition* message = index_.message(each.target))
        apply(*message, each.attribute, each.value);
    if (each.target.kind == Target::Kind::signal)
      if (Signal* signal = index_.signal(each.target)) apply(*signal, each.attribute, each.value);
  }
  void apply(MessageDefinition& message, Attribute attribute, std::string_view value) {
    if (attribute == Attribute::frame_format)
      apply_format(message, frame_format(value, statements_.definitions[attribute]));
    if (attribute == Attribute::cycle) apply_cycle(message, value);
    if (attribute == Attribute::message_name && !value.empty()) message.name = unescaped(value);
  }
  static void apply(Signal& signal, Attribute attribute, std::string_view value) {
    if (attribute == Attribute::spn) apply_spn(signal, value);
    if (attribute == Attribute::start_value) signal.start_value = parse_decimal(value);
    if (attribute == Attribute::signal_name && !value.empty()) signal.name = unescaped(value);
  }

  void apply_senders() {
    for (const SendersStatement& each : statements_.senders) {
      MessageDefinition* const message = index_.message(each.target);
      if (!message) continue;
      for (const std::string_view node : each.nodes) message->senders.emplace_back(node);
    }
  }
  /// Gives the senders their long names; leaves out repeated ones, and the name that means none.
  void rename_senders(MessageDefinition& message) {
    std::vector<std::string> senders;
    for (const std::string& name : message.senders) {
      const auto found = nodes_.find(name);
      const std::string& chosen = found == nodes_.end() ? name : found->second;
      if (name != "Vector__XXX" && std::ranges::find(senders, chosen) == senders.end())
        senders.push_back(chosen);
    }
    message.senders = std::move(senders);
  }

  /// Signals with one short name in a message have one long name.
  void rename_repeated(std::size_t message) {
    auto& signals = statements_.database.messages[message].signals;
    for (Signal& signal : signals)
      if (std::size_t first = 0; index_.find(message, signal.short_name, first))
        if (&signals[first] != &signal) signal.name = signals[first].name;
  }

  Statements& statements_;
  Index& index_;
  std::unordered_map<std::string, std::string> nodes_;  // long names by short ones
};

}  // namespace

void apply_attributes(Statements& statements, Index& index, Warnings&) {
  Applier(statements, index).run();
}

}  // namespace can::signals
