// SPDX-License-Identifier: MIT
#include <unordered_map>

#include "formats/signals/number_text.h"
#include "formats/signals/signal_writer.h"
#include "libcan/signals/addresses.h"

namespace can::signals {
namespace {

class Writer final : public SignalWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : SignalWriter(std::move(sink), options, json_text) {
    for (const auto& [message, signal] : decoder_.signals()) {
      SignalTexts& made = texts_.emplace_back(SignalTexts{json_text(signal->name) + ":"});
      for (const ValueText& value : signal->values)
        made.texts.push_back(",\"text\":" + json_text(value.text) + "}");
      messages_.try_emplace(message, json_text(message->name));
    }
  }

 private:
  void put(const Message& m, const Decoded& decoded) override {
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
    at = put_text(at, m.channel ? channel_text(m.channel) : "null");
    at = put_text(at, ",\"id\":");
    at = put_decimal(at, m.id);
    at = put_text(at, m.extended ? ",\"extended\":true" : ",\"extended\":false");
    return put_text(at, ",\"message\":");
  }

  /// Of a parameter group: the source, and the destination where the group has one.
  static char* put_addresses(char* at, std::uint32_t id) {
    at = put_decimal(put_text(at, ",\"source\":"), source_of(id));
    const auto destination = destination_of(id);
    return destination ? put_decimal(put_text(at, ",\"destination\":"), *destination) : at;
  }

  void put(const Value& value) {
    const std::string_view text = table_text(value);
    pieces_.text(texts_[value.number].before);
    if (!text.empty()) pieces_.text("{\"value\":");
    pieces_.piece([&](char* at) { return put_number(at, value, TextStyle::json); });
    pieces_.text(text);
  }

  std::string_view name_of(const MessageDefinition& message) {
    const auto [found, added] = messages_.try_emplace(&message);
    if (added) found->second = json_text(message.name);
    return found->second;
  }

  std::unordered_map<const MessageDefinition*, std::string> messages_;
};

}  // namespace

std::unique_ptr<LogWriter> create_json_writer(std::unique_ptr<Sink> sink,
                                              const LogOptions& options) {
  if (is_resampled(options)) return create_wide_writer(std::move(sink), options, TextStyle::json);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::signals
