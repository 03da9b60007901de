// SPDX-License-Identifier: MIT
#include <string>

#include "formats/jsonl/jsonl.h"
#include "formats/support/put_text.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/hex.h"
#include "libcan/model/json.h"

namespace can::jsonl {
namespace {

constexpr std::size_t kLongestLine = 1024;  // 13 keys, 128 digits of data, a name of 64 characters

constexpr std::string_view bool_text(bool value) { return value ? "true" : "false"; }

class Writer final : public TextLogWriter {
 public:
  explicit Writer(std::unique_ptr<Sink> sink) : TextLogWriter(std::move(sink)) {}

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) out_.advance(put(out_.room(kLongestLine), m));
  }

 private:
  char* put(char* at, const Message& m) {
    at = put_text(at, "{\"timestamp\":");
    at = time_.put_nanos(at, m.timestamp);
    at = put_text(at, ",\"channel\":");
    at = put_text(at, channel_text(m.channel));
    at = put_text(at, ",\"id\":");
    at = put_decimal(at, m.id);
    at = put_flags(at, m);
    at = put_text(
        at, m.transmitted ? ",\"direction\":\"tx\",\"dlc\":" : ",\"direction\":\"rx\",\"dlc\":");
    at = put_decimal(at, dlc_of(m));
    at = put_text(at, ",\"length\":");
    at = put_decimal(at, m.length);
    at = put_text(at, ",\"data\":\"");
    at = put_hex<HexCase::lower>(at, m.payload());
    return put_text(at, "\"}\n");
  }

  static char* put_flags(char* at, const Message& m) {
    if (!m.remote && !m.error && !m.fd) {  // most messages: two copies
      at = put_text(at, m.extended ? ",\"extended\":true" : ",\"extended\":false");
      return put_text(at, kPlainFlags);
    }
    const auto flag = [&](std::string_view key, bool value) {
      at = put_text(put_text(at, key), bool_text(value));
    };
    flag(",\"extended\":", m.extended);
    flag(",\"remote\":", m.remote);
    flag(",\"error\":", m.error);
    flag(",\"fd\":", m.fd);
    flag(",\"brs\":", m.brs);
    flag(",\"esi\":", m.esi);
    return at;
  }

  std::string_view channel_text(Channel channel) {
    if (!channel) return "null";
    if (channel != last_channel_) {
      last_channel_ = channel;
      channel_text_.clear();
      append_json_string(channel_text_, channel.name());
    }
    return channel_text_;
  }

  SecondsText time_;
  Channel last_channel_;
  std::string channel_text_;
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink));
}

}  // namespace can::jsonl
