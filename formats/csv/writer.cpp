// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <string>

#include "formats/csv/csv.h"
#include "formats/support/base64.h"
#include "formats/support/csv_cell.h"
#include "formats/support/put_text.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"

namespace can::csv {
namespace {

constexpr std::size_t kLongestLine = 256;  // 64 bytes are 88 characters

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, Dialect dialect)
      : TextLogWriter(std::move(sink)), extended_(dialect == Dialect::extended) {
    const std::string_view head = out_.sink().head();
    if (head.empty())
      out_.put(fmt::format("{}\n", extended_ ? kExtendedHeader : kHeader));
    else if (dialect_of(first_line(head)) != dialect)
      fail(Errc::unsupported, "{}: can't be appended to: it has other columns", out_.sink().name());
  }

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) {
      char* at = put(out_.room(kLongestLine), m);
      if (extended_) at = put_extension(at, m);
      *at++ = '\n';
      out_.advance(at);
    }
  }

 private:
  char* put(char* at, const Message& m) {
    at = m.timestamp.count() % 1000 == 0 ? time_.put_micros(at, m.timestamp)
                                         : time_.put_nanos(at, m.timestamp);
    at = put_text(at, ",0x");
    at = put_hex_number<HexCase::lower>(at, m.id, hex_digits(m.id));
    for (bool flag : {bool{m.extended}, bool{m.remote}, bool{m.error}})
      at = put_text(at, flag ? ",1" : ",0");
    *at++ = ',';
    at = put_decimal(at, m.length);
    *at++ = ',';
    return put_base64(at, m.payload());
  }

  char* put_extension(char* at, const Message& m) {
    *at++ = ',';
    at = put_text(at, channel_text(m.channel));
    for (bool flag : {bool{m.fd}, bool{m.brs}, bool{m.esi}}) at = put_text(at, flag ? ",1" : ",0");
    at = put_text(at, m.transmitted ? ",tx," : ",rx,");
    return put_decimal(at, dlc_of(m));
  }

  std::string_view channel_text(Channel channel) {
    if (channel != last_channel_) {
      last_channel_ = channel;
      channel_text_ = csv_cell(channel.name());
    }
    return channel_text_;
  }

  SecondsText time_;
  bool extended_;
  Channel last_channel_;
  std::string channel_text_;
};

}  // namespace

template <Dialect kDialect>
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink), kDialect);
}
template std::unique_ptr<LogWriter> create_writer<Dialect::python_can>(std::unique_ptr<Sink>,
                                                                       const LogOptions&);
template std::unique_ptr<LogWriter> create_writer<Dialect::extended>(std::unique_ptr<Sink>,
                                                                     const LogOptions&);

}  // namespace can::csv
