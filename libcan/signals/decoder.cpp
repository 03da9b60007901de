// SPDX-License-Identifier: MIT
#include <algorithm>

#include "libcan/signals/field.h"
#include "libcan/signals/message_table.h"

namespace can::signals {
namespace {

constexpr std::uint32_t kNone = MessageTable::kNone;
constexpr std::size_t kReadable = sizeof(Message::data);

/// The field of a signal; of one that no frame has room for, in a packet.
Field field_of(const Signal& signal) {
  const Field field = make_field(signal, kReadable);
  return field.end <= kReadable ? field : make_field(signal, sizeof(Packet::data));
}

/// When a multiplexed signal is present.
struct Condition {
  std::uint32_t gate = kNone;  // its multiplexer; none: always present
  std::uint32_t first = 0;     // of its ranges
  std::uint32_t count = 0;
};

/// A multiplexer. Gates stand behind the gate that they depend on.
struct Gate {
  Field field;
  Condition condition;
};

/// What the decoder does for a message.
struct Plan {
  const MessageDefinition* message = nullptr;
  std::uint32_t first_field = 0, fields = 0;
  std::uint32_t first_gate = 0, gates = 0;
  std::uint32_t end = 0;  // bytes that all its signals need
};

}  // namespace

class Decoder::Plans {
 public:
  explicit Plans(Catalog catalog) : catalog_(std::move(catalog)) {
    for (const BoundDatabase& bound : catalog_.databases) {
      tables_.emplace_back(*bound.database, static_cast<std::uint32_t>(plans_.size()));
      for (const MessageDefinition& message : bound.database->messages) add(message);
    }
    std::uint32_t most = 0, most_gates = 0;
    for (const Plan& plan : plans_) {
      most = std::max(most, plan.fields);
      most_gates = std::max(most_gates, plan.gates);
    }
    values_.resize(most);
    states_.resize(most_gates);
  }

  const Plan* find(const Message& m) const {
    if (m.error) return nullptr;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const Channel bound = catalog_.databases[i].channel;
      if (bound && !same_channel(bound, m.channel)) continue;
      const std::uint32_t number = tables_[i].find(m.id, m.extended);
      if (number != kNone) return &plans_[number];
    }
    return nullptr;
  }

  Decoded decode(const Message& m) { return decode(find(m), m.data.data(), m.payload().size()); }

  Decoded decode(const Packet& packet) {
    Message frame;
    frame.id = packet.id;
    frame.extended = true;
    frame.channel = packet.channel;
    return decode(find(frame), packet.data.data(), packet.length);
  }

  bool has_groups() const {
    return std::ranges::any_of(plans_, [](const Plan& plan) { return plan.message->j1939; });
  }

  std::span<const std::pair<const MessageDefinition*, const Signal*>> signals() const {
    return signals_;
  }

 private:
  Decoded decode(const Plan* plan, const std::uint8_t* data, std::size_t length) {
    if (!plan) return {};
    const std::size_t count = plan->gates == 0 && length >= plan->end
                                  ? decode_all(*plan, data)
                                  : decode_present(*plan, data, length);
    return {plan->message, std::span(values_).first(count)};
  }

  void add(const MessageDefinition& message) {
    Plan plan{.message = &message,
              .first_field = static_cast<std::uint32_t>(fields_.size()),
              .first_gate = static_cast<std::uint32_t>(gates_.size())};
    std::vector<std::uint32_t> gate_of(message.signals.size(), kNone);
    for (const Signal& signal : message.signals) {
      if (!is_decoded(message, signal)) continue;
      const Condition condition = condition_of(message, signal, gate_of, plan.first_gate);
      const Field& field = fields_.emplace_back(field_of(signal));
      conditions_.push_back(condition);
      signals_.emplace_back(&message, &signal);
      plan.end = std::max<std::uint32_t>(plan.end, field.end);
      ++plan.fields;
    }
    plan.gates = static_cast<std::uint32_t>(gates_.size()) - plan.first_gate;
    plans_.push_back(plan);
  }

  bool is_decoded(const MessageDefinition& message, const Signal& signal) const {
    const std::size_t most = message.j1939 ? Packet::kMaxLength : kReadable;
    return message.reachable && signal.usable && field_of(signal).end <= most &&
           selects(catalog_, message, signal);
  }

  Condition condition_of(const MessageDefinition& message, const Signal& signal,
                         std::vector<std::uint32_t>& gate_of, std::uint32_t first_gate) {
    if (!signal.parent) return {};
    add_gates(message, *signal.parent, gate_of, first_gate);
    const auto first = static_cast<std::uint32_t>(ranges_.size());
    ranges_.insert(ranges_.end(), signal.when.begin(), signal.when.end());
    return {gate_of[*signal.parent], first, static_cast<std::uint32_t>(signal.when.size())};
  }

  /// Adds the gates of a multiplexer and of those that it depends on.
  void add_gates(const MessageDefinition& message, std::size_t multiplexer,
                 std::vector<std::uint32_t>& gate_of, std::uint32_t first_gate) {
    std::vector<std::size_t> chain;
    for (std::optional<std::size_t> at = multiplexer; at && gate_of[*at] == kNone;
         at = message.signals[*at].parent)
      chain.push_back(*at);
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
      const Signal& signal = message.signals[*at];
      const Condition condition = condition_of(message, signal, gate_of, first_gate);
      gates_.push_back({field_of(signal), condition});
      gate_of[*at] = static_cast<std::uint32_t>(gates_.size() - 1) - first_gate;
    }
  }

  std::size_t decode_all(const Plan& plan, const std::uint8_t* data) {
    const Field* const fields = fields_.data() + plan.first_field;
    const auto* const signals = signals_.data() + plan.first_field;
    for (std::uint32_t i = 0; i < plan.fields; ++i)
      values_[i] = {signals[i].second, extract(fields[i], data), plan.first_field + i};
    return plan.fields;
  }

  std::size_t decode_present(const Plan& plan, const std::uint8_t* data, std::size_t length) {
    for (std::uint32_t i = 0; i < plan.gates; ++i) {
      const Gate& gate = gates_[plan.first_gate + i];
      states_[i].open = gate.field.end <= length && holds(gate.condition);
      if (states_[i].open) states_[i].raw = extract(gate.field, data);
    }
    std::size_t count = 0;
    for (std::uint32_t i = plan.first_field; i < plan.first_field + plan.fields; ++i)
      if (fields_[i].end <= length && holds(conditions_[i]))
        values_[count++] = {signals_[i].second, extract(fields_[i], data), i};
    return count;
  }

  bool holds(const Condition& condition) const {
    if (condition.gate == kNone) return true;
    const State& state = states_[condition.gate];
    if (!state.open) return false;
    const RawRange* const ranges = ranges_.data() + condition.first;
    return std::any_of(ranges, ranges + condition.count, [&](const RawRange& range) {
      return state.raw >= range.first && state.raw <= range.last;
    });
  }

  struct State {
    bool open = false;  // the multiplexer is present
    std::uint64_t raw = 0;
  };

  Catalog catalog_;
  std::vector<MessageTable> tables_;  // of catalog_.databases
  std::vector<Plan> plans_;           // of all messages
  std::vector<Field> fields_;
  std::vector<std::pair<const MessageDefinition*, const Signal*>> signals_;  // of fields_
  std::vector<Condition> conditions_;                                        // of fields_
  std::vector<Gate> gates_;
  std::vector<RawRange> ranges_;
  std::vector<Value> values_;  // of the last message
  std::vector<State> states_;  // of its gates
};

Decoder::Decoder(Catalog catalog) : plans_(std::make_unique<Plans>(std::move(catalog))) {}
Decoder::Decoder(std::shared_ptr<const Database> database)
    : Decoder(Catalog{.databases = {{std::move(database), {}}}, .patterns = {}}) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Decoded Decoder::decode(const Message& message) { return plans_->decode(message); }

Decoded Decoder::decode(const Packet& packet) { return plans_->decode(packet); }

bool Decoder::has_groups() const { return plans_->has_groups(); }

const MessageDefinition* Decoder::find(const Message& message) const {
  const Plan* const plan = plans_->find(message);
  return plan ? plan->message : nullptr;
}

std::span<const std::pair<const MessageDefinition*, const Signal*>> Decoder::signals() const {
  return plans_->signals();
}

}  // namespace can::signals
