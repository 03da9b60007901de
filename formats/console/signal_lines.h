// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_map>

#include "cansuite/log.h"
#include "cansuite/signals.h"
#include "formats/support/text_writer.h"

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

  /// Nothing for a message that no DBC file knows. With `before`, only the signals that it had not,
  /// or had with another value.
  void put(TextWriter& out, const Message& message, const Message* before);

 private:
  void remember(const Message* before);
  bool is_new(const signals::Value& value) const;

  signals::Decoder decoder_;
  std::vector<signals::Value> before_;
};

}  // namespace can::console
