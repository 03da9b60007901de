// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_map>
#include <vector>

#include "cansuite/log.h"
#include "cansuite/signals.h"
#include "formats/support/text_writer.h"
#include "libcan/signals/packet_decoder.h"

namespace can::console {

/// The last message of each id and channel: which messages, and which of their signals, changed.
class Changes {
 public:
  /// Whether the message has other data than the one before it, which `before` then is; null: there
  /// was none. Of more than kMaxIds ids, the further ones count as changed. `before` is valid until
  /// the next call.
  bool changed(const Message& message, const Message*& before);

  static constexpr std::size_t kMaxIds = 65'536;

 private:
  std::unordered_map<std::uint64_t, Message> last_;
  Message before_{};
};

/// Writes the signals of a message, in a line that starts with a tab:
///
///     EngineData: EngineSpeed 1800.75 rpm, Gear 1 First
class SignalLines {
 public:
  explicit SignalLines(const LogOptions& options);

  /// Nothing for a message that no DBC file knows. A packet of J1939's transport protocol follows
  /// the message that completes it.
  void put(TextWriter& out, const Message& message);
  /// The same with the signals only that `before` had not, or had with another value; and of a
  /// packet those that the last one with its id had not. Null: all. `shown`: the message is.
  void put_changes(TextWriter& out, const Message& message, const Message* before, bool shown);

 private:
  using Values = std::vector<signals::Value>;

  void put_line(TextWriter& out, const signals::Decoded& decoded);
  void put_changes_of_packet(TextWriter& out, const Message& head, const signals::Decoded& decoded);
  bool is_new(const signals::Value& value) const;

  signals::PacketDecoder decoder_;
  signals::Decoder of_before_;
  bool only_new_ = false;
  Values before_;                                      // with only_new_
  std::unordered_map<std::uint64_t, Values> packets_;  // the last of each channel and id
};

}  // namespace can::console
