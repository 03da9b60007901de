// SPDX-License-Identifier: MIT
#include "formats/signals/signal_writer.h"
#include "formats/support/csv_cell.h"

namespace can::signals {
namespace {

class Writer final : public SignalWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : SignalWriter(std::move(sink), options, csv_cell) {
    for (const auto& [message, signal] : decoder_.signals()) {
      SignalTexts& made = texts_.emplace_back(
          SignalTexts{"," + csv_cell(message->name) + "," + csv_cell(signal->name) + ",",
                      "," + csv_cell(signal->unit) + ","});
      for (const ValueText& value : signal->values) made.texts.push_back(csv_cell(value.text));
    }
    out_.put("time,channel,message,signal,value,unit,text\n");
  }

 private:
  void put(const Message& m, const Decoded& decoded) override {
    if (decoded.values.empty()) return;
    char head[SecondsText::kLongest + 256];  // a channel of 64 bytes, each of them escaped
    const std::string_view start(head, put_head(head, m));
    for (const Value& value : decoded.values) put(start, value);
  }

  char* put_head(char* at, const Message& m) {
    at = time_.put_nanos(at, m.timestamp);
    *at++ = ',';
    return put_text(at, channel_text(m.channel));
  }

  void put(std::string_view head, const Value& value) {
    const SignalTexts& signal = texts_[value.number];
    pieces_.text(head);
    pieces_.text(signal.before);
    pieces_.piece([&](char* at) { return put_value(at, value); });
    pieces_.text(signal.after);
    pieces_.text(table_text(value));
    pieces_.text("\n");
  }
};

}  // namespace

std::unique_ptr<LogWriter> create_csv_writer(std::unique_ptr<Sink> sink,
                                             const LogOptions& options) {
  if (is_resampled(options)) return create_wide_writer(std::move(sink), options, TextStyle::csv);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::signals
