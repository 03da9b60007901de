// SPDX-License-Identifier: MIT
#include "formats/console/signal_lines.h"

#include <algorithm>

#include "libcan/model/ascii.h"

namespace can::console {

using signals::Decoded;

namespace {

/// Control characters, which would end the line or lead the terminal astray, are shown as '?'.
void put_plain(TextWriter& out, std::string_view text) {
  while (!text.empty()) {
    const auto end =
        static_cast<std::size_t>(std::ranges::find_if(text, is_control) - text.begin());
    out.put(text.substr(0, end));
    if (end < text.size()) out.put("?");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

bool Changes::changed(const Message& message, const Message*& before) {
  constexpr unsigned kIdBits = 32;  // with the bit of extended ids
  const std::uint64_t id =
      message.id | std::uint64_t{message.extended} << 30 | std::uint64_t{message.error} << 31;
  const std::uint64_t key = std::uint64_t{message.channel.index()} << kIdBits | id;
  before = nullptr;
  const auto found = last_.find(key);
  if (found == last_.end()) {
    if (last_.size() < kMaxIds) last_.emplace(key, message);
    return true;
  }
  const bool same = found->second.remote == message.remote &&
                    std::ranges::equal(found->second.payload(), message.payload());
  if (same) return false;
  before_ = found->second;
  before = &before_;
  found->second = message;
  return true;
}

SignalLines::SignalLines(const LogOptions& options)
    : decoder_(options.signals ? options.signals->catalog : signals::Catalog{}),
      of_before_(options.signals ? options.signals->catalog : signals::Catalog{}) {}

void SignalLines::put(TextWriter& out, const Message& message) {
  decoder_.decode(message, [&](const Message&, const Decoded& decoded) { put_line(out, decoded); });
}

void SignalLines::put_changes(TextWriter& out, const Message& message, const Message* before,
                              bool shown) {
  decoder_.decode(message, [&](const Message& head, const Decoded& decoded) {
    if (&head != &message) return put_changes_of_packet(out, head, decoded);
    if (!shown) return;
    only_new_ = before != nullptr;
    if (before) {
      const auto values = of_before_.decode(*before).values;
      before_.assign(values.begin(), values.end());
    }
    put_line(out, decoded);
  });
}

void SignalLines::put_changes_of_packet(TextWriter& out, const Message& head,
                                        const Decoded& decoded) {
  const std::uint64_t key = std::uint64_t{head.channel.index()} << 32 | head.id;
  if (packets_.size() == Changes::kMaxIds && !packets_.contains(key)) packets_.clear();
  Values& last = packets_[key];
  only_new_ = true;
  before_ = last;
  put_line(out, decoded);
  last.assign(decoded.values.begin(), decoded.values.end());
}

bool SignalLines::is_new(const signals::Value& value) const {
  // Both lists are in the order of the numbers.
  const auto old = std::ranges::lower_bound(before_, value.number, {}, &signals::Value::number);
  return old == before_.end() || old->number != value.number || old->raw != value.raw;
}

void SignalLines::put_line(TextWriter& out, const Decoded& decoded) {
  std::string_view separator;
  for (const signals::Value& value : decoded.values) {
    if (only_new_ && !is_new(value)) continue;
    if (separator.empty()) {
      out.put("\t");
      put_plain(out, decoded.message->name);
    }
    out.put(separator.empty() ? ": " : separator);
    separator = ", ";
    put_plain(out, value.signal->name);
    out.put(" ");
    out.advance(signals::put_value(out.room(signals::kLongestValue), value));
    if (!value.signal->unit.empty()) out.put(" ");
    put_plain(out, value.signal->unit);
    if (const signals::ValueText* text = text_of(value)) {
      out.put(" ");
      put_plain(out, text->text);
    }
  }
  if (!separator.empty()) out.put("\n");
}

}  // namespace can::console
