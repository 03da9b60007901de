// SPDX-License-Identifier: MIT
#include "formats/signals/signals.h"
#include "formats/support/csv_cell.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"

namespace can::signals {
namespace {

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : TextLogWriter(std::move(sink)), decoder_(options) {
    for (const auto& [message, signal] : decoder_.signals()) {
      SignalTexts& made = signals_.emplace_back(
          SignalTexts{"," + csv_cell(message->name) + "," + csv_cell(signal->name) + ",",
                      "," + csv_cell(signal->unit) + ","});
      for (const ValueText& value : signal->values) made.texts.push_back(csv_cell(value.text));
    }
    out_.put("time,channel,message,signal,value,unit,text\n");
  }

  void write(std::span<const Message> messages) override {
    decoder_.decode(messages,
                    [this](const Message& m, const Decoded& decoded) { put(m, decoded); });
  }

  void close() override {
    decoder_.tell_losses();
    TextLogWriter::close();
  }

 private:
  void put(const Message& m, const Decoded& decoded) {
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
    const SignalTexts& signal = signals_[value.number];
    pieces_.text(head);
    pieces_.text(signal.before);
    pieces_.piece([&](char* at) { return put_value(at, value); });
    pieces_.text(signal.after);
    if (const ValueText* text = text_of(value))
      pieces_.text(signal.texts[static_cast<std::size_t>(text - value.signal->values.data())]);
    pieces_.text("\n");
  }

  std::string_view channel_text(Channel channel) {
    if (channel != last_channel_) {
      last_channel_ = channel;
      channel_text_ = csv_cell(channel.name());
    }
    return channel_text_;
  }

  LogDecoder decoder_;
  TextPieces pieces_{out_};
  std::vector<SignalTexts> signals_;  // by Value::number
  SecondsText time_;
  Channel last_channel_;
  std::string channel_text_;
};

}  // namespace

std::unique_ptr<LogWriter> create_csv_writer(std::unique_ptr<Sink> sink,
                                             const LogOptions& options) {
  if (is_resampled(options)) return create_wide_writer(std::move(sink), options, TextStyle::csv);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::signals
