// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cansuite/formats.h"
#include "cansuite/signals.h"
#include "formats/signals/number_text.h"
#include "formats/support/text_writer.h"
#include "libcan/signals/transport.h"

namespace can::signals {

/// Writers of decoded signals; LogOptions::signals says by which databases.
std::unique_ptr<LogWriter> create_json_writer(std::unique_ptr<Sink>, const LogOptions&);
std::unique_ptr<LogWriter> create_csv_writer(std::unique_ptr<Sink>, const LogOptions&);

/// The same, with a row a step of time, for both.
std::unique_ptr<LogWriter> create_wide_writer(std::unique_ptr<Sink>, const LogOptions&, TextStyle);

/// The decoder of a log: one that knows nothing where the options name no databases.
Decoder decoder_of(const LogOptions& options);

/// Decodes messages, and packets of J1939's transport protocol, one behind the other.
class LogDecoder {
 public:
  explicit LogDecoder(const LogOptions& options)
      : decoder_(decoder_of(options)), on_notice_(options.on_notice) {}

  /// Calls `use` with each message and what it is decoded to. A packet follows the message that
  /// completes it, as a message without data.
  template <class Use>
  void decode(std::span<const Message> messages, Use use) {
    for (const Message& m : messages) {
      use(m, decoder_.decode(m));
      if (!with_packets_) continue;
      if (const Packet* packet = transport_.add(m)) use(head_of(*packet), decoder_.decode(*packet));
    }
  }
  auto signals() const { return decoder_.signals(); }
  void tell_losses() const;  ///< at the end of the log

 private:
  static Message head_of(const Packet& packet);

  Decoder decoder_;
  std::function<void(const std::string&)> on_notice_;
  Transport transport_;
  bool with_packets_ = decoder_.has_groups();
};

/// Whether the log has a row a step.
inline bool is_resampled(const LogOptions& options) {
  return options.signals && options.signals->step.count() > 0;
}

/// The texts of a signal, ready for the format.
struct SignalTexts {
  std::string before;                ///< what stands before the value
  std::string after{};               ///< what stands behind it
  std::vector<std::string> texts{};  ///< of Signal::values
};

/// Writes texts of any length, and numbers, one behind the other.
class TextPieces {
 public:
  explicit TextPieces(TextWriter& out) : out_(out) {}

  void text(std::string_view text) {
    if (text.size() > kShort) return out_.put(text);
    out_.advance(put_text(out_.room(kShort), text));
  }
  /// `put` writes up to kShort characters at the place that it is given, and returns their end.
  template <class Put>
  void piece(Put put) {
    out_.advance(put(out_.room(kShort)));
  }

  static constexpr std::size_t kShort = 1024;

 private:
  TextWriter& out_;
};

}  // namespace can::signals
