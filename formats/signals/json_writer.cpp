// SPDX-License-Identifier: MIT
#include <unordered_map>
#include <utility>

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
      SignalTexts& made =
          texts_.emplace_back(SignalTexts{BlockText(json_text(signal->name) + ":"), BlockText("")});
      for (const ValueText& value : signal->values)
        made.texts.push_back(",\"text\":" + json_text(value.text) + "}");
      messages_.try_emplace(message, json_text(message->name));
    }
  }

 private:
  void put(const Message& m, const Decoded& decoded) override {
    const std::string_view name = decoded.message ? name_of(*decoded.message) : "null";
    char* at = put_text(put_head(out_.room(kShort + name.size()), m), name);
    if (decoded.message && decoded.message->j1939) at = put_addresses(at, m.id);
    out_.advance(put_text(at, ",\"signals\":{"));
    std::string_view separator;
    for (const Value& value : decoded.values) put(std::exchange(separator, ","), value);
    out_.put("}}\n");
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

  void put(std::string_view separator, const Value& value) {
    const BlockText& name = texts_[value.number].before;
    const std::string_view text = table_text(value);
    char* at = put_text(out_.room(kShort + name.size() + text.size()), separator);
    at = put_blocks(at, name.view());
    if (!text.empty()) at = put_text(at, "{\"value\":");
    at = put_number(at, value, TextStyle::json);
    out_.advance(put_text(at, text));
  }

  std::string_view name_of(const MessageDefinition& message) {
    const auto [found, added] = messages_.try_emplace(&message);
    if (added) found->second = json_text(message.name);
    return found->second;
  }

  static constexpr std::size_t kShort = 1024;  // all but names and texts of the database

  std::unordered_map<const MessageDefinition*, std::string> messages_;
};

}  // namespace

std::unique_ptr<LogWriter> create_json_writer(std::unique_ptr<Sink> sink,
                                              const LogOptions& options) {
  if (is_resampled(options)) return create_wide_writer(std::move(sink), options, TextStyle::json);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::signals
