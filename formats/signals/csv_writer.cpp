// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include "formats/signals/signal_writer.h"
#include "formats/support/csv_cell.h"

namespace can::signals {
namespace {

/// A time and a channel of 64 bytes, each escaped.
constexpr std::size_t kLongestHead = SecondsText::kLongest + 256;

class Writer final : public SignalWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : SignalWriter(std::move(sink), options, csv_cell) {
    for (const auto& [message, signal] : decoder_.signals()) {
      SignalTexts& made = texts_.emplace_back(SignalTexts{
          BlockText(fmt::format(",{},{},", csv_cell(message->name), csv_cell(signal->name))),
          BlockText(fmt::format(",{},", csv_cell(signal->unit)))});
      for (const ValueText& value : signal->values) made.texts.push_back(csv_cell(value.text));
    }
    out_.put("time,channel,message,signal,value,unit,text\n");
  }

 private:
  void put(const Message& m, const Decoded& decoded) override {
    if (decoded.values.empty()) return;
    char head[kLongestHead + kBlock];
    const std::string_view start(head, put_head(head, m));
    for (const Value& value : decoded.values) put(start, value);
  }

  char* put_head(char* at, const Message& m) {
    at = time_.put_nanos(at, m.timestamp);
    *at++ = ',';
    return put_blocks(at, channel_text(m.channel));
  }

  void put(std::string_view head, const Value& value) {
    const SignalTexts& signal = texts_[value.number];
    const std::string_view text = table_text(value);
    char* at = out_.room(head.size() + signal.before.size() + kLongestValue + signal.after.size() +
                         text.size() + kBlock);
    at = put_blocks(at, head);
    at = put_blocks(at, signal.before.view());
    at = put_value(at, value);
    at = put_blocks(at, signal.after.view());
    if (!text.empty()) at = put_text(at, text);
    *at++ = '\n';
    out_.advance(at);
  }
};

}  // namespace

std::unique_ptr<LogWriter> create_csv_writer(std::unique_ptr<Sink> sink,
                                             const LogOptions& options) {
  if (is_resampled(options)) return create_wide_writer(std::move(sink), options, TextStyle::csv);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::signals
