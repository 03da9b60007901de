// SPDX-License-Identifier: MIT
#include <unordered_map>

#include "formats/signals/number_text.h"
#include "formats/signals/signals.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"

namespace can::signals {
namespace {

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : TextLogWriter(std::move(sink)), decoder_(options) {
    for (const auto& [message, signal] : decoder_.signals()) {
      SignalTexts& made = signals_.emplace_back(SignalTexts{json_text(signal->name) + ":"});
      for (const ValueText& value : signal->values)
        made.texts.push_back(",\"text\":" + json_text(value.text) + "}");
      messages_.try_emplace(message, json_text(message->name));
    }
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
    pieces_.piece([&](char* at) { return put_head(at, m); });
    pieces_.text(decoded.message ? name_of(*decoded.message) : "null");
    if (decoded.message && decoded.message->j1939)
      pieces_.piece([&](char* at) { return put_addresses(at, m.id); });
    pieces_.text(",\"signals\":{");
    bool first = true;
    for (const Value& value : decoded.values) {
      if (!first) pieces_.text(",");
      first = false;
      put(value);
    }
    pieces_.text("}}\n");
  }

  char* put_head(char* at, const Message& m) {
    at = put_text(at, "{\"timestamp\":");
    at = time_.put_nanos(at, m.timestamp);
    at = put_text(at, ",\"channel\":");
    at = put_text(at, channel_text(m.channel));
    at = put_text(at, ",\"id\":");
    at = put_decimal(at, m.id);
    at = put_text(at, m.extended ? ",\"extended\":true" : ",\"extended\":false");
    return put_text(at, ",\"message\":");
  }

  /// Of a parameter group: the source, and the destination where the group has one.
  static char* put_addresses(char* at, std::uint32_t id) {
    at = put_decimal(put_text(at, ",\"source\":"), id & 0xFF);
    const bool addressed = (id >> 16 & 0xFF) < 240;
    return addressed ? put_decimal(put_text(at, ",\"destination\":"), id >> 8 & 0xFF) : at;
  }

  void put(const Value& value) {
    const SignalTexts& signal = signals_[value.number];
    pieces_.text(signal.before);
    const ValueText* const text = text_of(value);
    if (text) pieces_.text("{\"value\":");
    pieces_.piece([&](char* at) { return put_number(at, value, TextStyle::json); });
    if (text)
      pieces_.text(signal.texts[static_cast<std::size_t>(text - value.signal->values.data())]);
  }

  std::string_view name_of(const MessageDefinition& message) {
    const auto [found, added] = messages_.try_emplace(&message);
    if (added) found->second = json_text(message.name);
    return found->second;
  }

  std::string_view channel_text(Channel channel) {
    if (!channel) return "null";
    if (channel != last_channel_) {
      last_channel_ = channel;
      channel_text_ = json_text(channel.name());
    }
    return channel_text_;
  }

  LogDecoder decoder_;
  TextPieces pieces_{out_};
  std::vector<SignalTexts> signals_;  // by Value::number
  std::unordered_map<const MessageDefinition*, std::string> messages_;
  SecondsText time_;
  Channel last_channel_;
  std::string channel_text_;
};

}  // namespace

std::unique_ptr<LogWriter> create_json_writer(std::unique_ptr<Sink> sink,
                                              const LogOptions& options) {
  if (is_resampled(options)) return create_wide_writer(std::move(sink), options, TextStyle::json);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::signals
