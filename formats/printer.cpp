// SPDX-License-Identifier: MIT
// Text for people, in the layout of python-can's Printer; write only:
//
//   Timestamp:        0.000000        ID: 0064    000    DLC: 0
//   Timestamp: 1551774790.942758    ID: 1abcdef0    010    DLC: 5    01 02 03 04 05
//
// Source: manual of python-can 2.0.0-alpha.2, chapters Message and Printer; can/message.py of that
// release. The three flag digits are remote, extended, error. Data of letters and digits only is
// repeated as text. That release has no CAN FD: here FD, BRS and ESI follow the flags.

#include <fmt/core.h>

#include <algorithm>

#include "cansuite/formats.h"
#include "formats/support/put_text.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/ascii.h"
#include "libcan/model/hex.h"

namespace can {
namespace {

constexpr std::size_t kLongestLine = 512;
constexpr std::size_t kDataWidth = 24;  // characters of 8 bytes with blanks

bool is_alphanumeric(std::uint8_t byte) {
  const char c = static_cast<char>(byte);
  return is_digit(c) || is_letter(c);
}

class Writer final : public TextLogWriter {
 public:
  explicit Writer(std::unique_ptr<Sink> sink) : TextLogWriter(std::move(sink)) {}

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) out_.advance(put(out_.room(kLongestLine), m));
  }
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds>) override {
    out_.put(fmt::format("# {}\n", escaped(text)));
    return true;
  }

 private:
  char* put(char* at, const Message& m) {
    at = put_text(at, "Timestamp: ");
    at = time_.put_micros(at, m.timestamp);
    const int digits = m.extended ? 8 : std::max(4, hex_digits(m.id));
    at = put_blanks(at, 4 + static_cast<std::size_t>(8 - digits));
    at = put_text(at, "ID: ");
    at = put_hex_number<HexCase::lower>(at, m.id, digits);
    at = put_flags(at, m);
    at = put_text(at, "    DLC: ");
    at = put_decimal(at, m.length);
    at = put_data(at, m.payload());
    *at++ = '\n';
    return at;
  }

  static char* put_flags(char* at, const Message& m) {
    at = put_blanks(at, 4);
    for (bool flag : {bool{m.remote}, bool{m.extended}, bool{m.error}}) *at++ = flag ? '1' : '0';
    if (m.fd) at = put_text(at, " FD");
    if (m.brs) at = put_text(at, " BRS");
    if (m.esi) at = put_text(at, " ESI");
    return at;
  }

  static char* put_data(char* at, std::span<const std::uint8_t> data) {
    if (data.empty()) return at;
    char* start = put_blanks(at, 4);
    at = put_hex_spaced<HexCase::lower>(start, data) - 1;
    if (!std::ranges::all_of(data, is_alphanumeric)) return at;
    const auto width = static_cast<std::size_t>(at - start);
    at = put_blanks(at, 4 + (width < kDataWidth ? kDataWidth - width : 0));
    *at++ = '\'';
    at = std::copy(data.begin(), data.end(), at);
    *at++ = '\'';
    return at;
  }

  SecondsText time_{8, ' '};
};

constexpr std::string_view kStart = "Timestamp: ";

int sniff(std::string_view head) { return head.starts_with(kStart) ? 50 : 0; }

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink));
}

constexpr std::string_view kExtensions[] = {".txt"};

}  // namespace

namespace formats {
extern const Format printer;
constinit const Format printer = {
    .name = "printer",
    .title = "python-can Printer text",
    .extensions = kExtensions,
    .keeps = {.error = true,
              .error_detail = true,
              .remote = true,
              .step = std::chrono::microseconds(1)},
    .first_line = kStart,
    .appends = Appends::lines,
    .sniff = sniff,
    .create = create_writer,
};
}  // namespace formats
}  // namespace can
