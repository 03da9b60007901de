// SPDX-License-Identifier: MIT
#include "libcan/signals/message_check.h"

#include <algorithm>

namespace can::signals {

void MessageCheck::add(std::span<const Message> messages) {
  for (const Message& m : messages)
    decoder_.decode(m, [&](const Message& head, const Decoded& decoded) {
      const bool is_packet = &head != &m;
      if (decoded.message)
        add_known(head, decoded, is_packet);
      else if (!m.error && !decoder_.carries_packet(m))
        add_unknown(m);
    });
}

void MessageCheck::add_known(const Message& m, const Decoded& decoded, bool is_packet) {
  const MessageDefinition& message = *decoded.message;
  auto& [definition, seen] = known_[{m.channel, message.id, message.extended}];
  definition = &message;
  if (seen.count++ == 0)
    seen.first = m.timestamp;
  else
    seen.longest = std::max(seen.longest, m.timestamp - seen.last);
  seen.last = m.timestamp;
  seen.too_short += !is_packet && !m.remote && m.length < message.length;
  for (const Value& value : decoded.values) seen.out_of_range += !in_range(value);
}

void MessageCheck::add_unknown(const Message& m) {
  ++unknown_messages_;
  const Key key{m.channel, m.id, m.extended};
  const auto found = unknown_.find(key);
  if (found != unknown_.end())
    ++found->second;
  else if (unknown_.size() < kMaxUnknown)
    unknown_.emplace(key, 1);
}

}  // namespace can::signals
