// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <cstdlib>
#include <optional>

#include "cansuite/error_frame.h"
#include "formats/console/console.h"
#include "formats/console/signal_lines.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/put_text.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/hex.h"

namespace can::console {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kLongestLine = 512;
constexpr std::string_view kRed = "\x1b[31m", kBlue = "\x1b[34m", kGrey = "\x1b[90m",
                           kPlain = "\x1b[0m";

constexpr char kAbsolute = 'a', kDelta = 'd', kDate = 'A', kNone = 'n';  // of kTimes

/// By the convention of no-color.org.
bool wants_no_colour() {
  const char* set = std::getenv("NO_COLOR");
  return set != nullptr && *set != '\0';
}

bool has_colour(const Sink& sink, const OptionValues& options) {
  const std::string_view when = text_of(options, kColor);
  return when == "always" || (when == "auto" && sink.is_terminal() && !wants_no_colour());
}

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : TextLogWriter(std::move(sink)),
        colour_(has_colour(out_.sink(), options.options)),
        error_words_(flag_of(options.options, kErrorWords)),
        time_(text_of(options.options, kTime).front()),
        only_changes_(flag_of(options.options, kChanges)),
        zone_(options.zone),
        signals_(options) {}

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) put_if_wanted(m);
  }
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds>) override {
    out_.put(fmt::format("# {}\n", escaped(text)));
    return true;
  }

 private:
  void put_if_wanted(const Message& m) {
    if (only_changes_) return put_changes(m);
    put_frame(m);
    signals_.put(out_, m);
  }

  void put_changes(const Message& m) {
    const Message* before = nullptr;
    const bool shown = changes_.changed(m, before);
    if (shown) put_frame(m);
    signals_.put_changes(out_, m, before, shown);
  }

  void put_frame(const Message& m) {
    out_.advance(put(out_.room(kLongestLine), m));
    if (m.error && error_words_) out_.put(words_below(m));
  }

  char* put(char* at, const Message& m) {
    *at++ = ' ';
    at = put_time(at, m.timestamp);
    if (colour_) at = put_text(at, m.error ? kRed : m.transmitted ? kBlue : "");
    at = put_text(put_text(at, " "), names_.name(m.channel));
    at = put_text(at, m.transmitted ? "  TX " : "  RX ");
    at = put_text(at, m.brs ? "B " : "- ");
    at = put_text(at, m.esi ? "E  " : "-  ");
    at = put_frame_id(at, m);
    at = put_length(at, m);
    at = put_data(at, m);
    if (colour_ && (m.error || m.transmitted)) at = put_text(at, kPlain);
    *at++ = '\n';
    return at;
  }

  char* put_time(char* at, nanoseconds time) {
    if (time_ == kNone) return at;
    if (colour_) at = put_text(at, kGrey);
    *at++ = '(';
    if (time_ == kDate)
      at = put_date(at, time);
    else
      at = clock().put_micros(at, shown(time));
    at = put_text(at, ") ");
    return colour_ ? put_text(at, kPlain) : at;
  }

  SecondsText& clock() { return time_ == kAbsolute ? seconds_ : short_seconds_; }

  nanoseconds shown(nanoseconds time) {
    if (time_ == kAbsolute) return time;
    const nanoseconds since = before_.value_or(time);
    if (!before_ || time_ == kDelta) before_ = time;
    return time - since;
  }

  char* put_date(char* at, nanoseconds time) const {
    const CivilTime t = to_civil(time, zone_);
    at = put_padded<4>(at, static_cast<std::uint32_t>(t.year));
    const auto field = [&at](char separator, int value) {
      *at++ = separator;
      at = put_padded<2>(at, static_cast<std::uint32_t>(value));
    };
    field('-', t.month);
    field('-', t.day);
    field(' ', t.hour);
    field(':', t.minute);
    field(':', t.second);
    *at++ = '.';
    return put_padded<6>(at, static_cast<std::uint32_t>(t.nanosecond / 1000));
  }

  static char* put_length(char* at, const Message& m) {
    if (m.raw_dlc != 0) {
      at = put_hex_number<HexCase::upper>(put_text(at, "   {"), m.raw_dlc, 1);
      return put_text(at, "}");
    }
    if (!m.fd) return put_text(put_decimal(put_text(at, "   ["), m.length), "]");
    at = put_text(at, "  [");
    return put_text(put_padded<2>(at, m.length), "]");
  }

  static char* put_data(char* at, const Message& m) {
    if (m.remote) return put_text(at, "  remote request");
    if (!m.payload().empty())
      at = put_hex_spaced<HexCase::upper>(put_text(at, "  "), m.payload()) - 1;
    return m.error ? put_text(at, "   ERRORFRAME") : at;
  }

  static std::string words_below(const Message& m) {
    std::string text;
    for (const std::string& line : error_words(m)) text += "\t" + line + "\n";
    return text;
  }

  const bool colour_, error_words_;
  const char time_;  // of kTimes
  const bool only_changes_;
  const TimeZone zone_;
  SecondsText seconds_{10}, short_seconds_{3};
  Changes changes_;
  SignalLines signals_;
  InterfaceNames names_;
  std::optional<nanoseconds> before_;  // time of the last message, or of the first one
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::console
