// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cansuite/formats.h"
#include "cansuite/signals.h"
#include "formats/signals/number_text.h"
#include "formats/support/log_decoder.h"
#include "formats/support/text_writer.h"

namespace can::signals {

/// Writers of decoded signals; LogOptions::signals says by which databases.
std::unique_ptr<LogWriter> create_json_writer(std::unique_ptr<Sink>, const LogOptions&);
std::unique_ptr<LogWriter> create_csv_writer(std::unique_ptr<Sink>, const LogOptions&);

/// The same, with a row a step of time, for both.
std::unique_ptr<LogWriter> create_wide_writer(std::unique_ptr<Sink>, const LogOptions&, TextStyle);

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
