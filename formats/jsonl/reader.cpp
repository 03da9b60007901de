// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "formats/jsonl/jsonl.h"
#include "formats/support/line_log.h"
#include "formats/support/recurring.h"
#include "formats/support/scanner.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"
#include "libcan/model/json.h"

namespace can::jsonl {
namespace {

/// Parts of earlier lines that mostly recur.
struct Known {
  SecondsReader seconds;
  RecurringChannels texts;  // by name with its quotes
  ChannelCache channels;    // by name
};

/// Reads one line into a message.
class Parser {
 public:
  Parser(std::string_view line, Known& known, Message& out)
      : line_(line), known_(known), out_(out) {}

  void parse() {
    out_.reset();
    if (!parse_own_order()) {
      out_.reset();
      data_ = {};
      dlc_ = length_ = kMissing;
      parse_any_order();
    }
    finish();
  }

 private:
  static constexpr std::uint64_t kMissing = UINT64_MAX;

  // The fast path for the order of the writer, without a search for keys or a copy of a string.
  // False at the first difference.
  bool parse_own_order() {
    Scanner s(line_);
    return s.accept("{\"timestamp\":") && known_.seconds.read(s, out_.timestamp) && channel(s) &&
           s.accept(",\"id\":") && id(s) && flags(s) && direction(s) && s.accept(",\"dlc\":") &&
           s.read_decimal(dlc_, 15) && s.accept(",\"length\":") && s.read_decimal(length_, 64) &&
           s.accept(",\"data\":\"") && data(s) && s.accept("}") && s.done();
  }

  bool channel(Scanner& s) {
    if (!s.accept(",\"channel\":")) return false;
    if (known_.texts.read(s, out_.channel) || s.accept("null")) return true;
    const std::string_view text = s.rest();
    if (!s.accept('"')) return false;
    const std::string_view name = s.read_until('"');
    if (s.done() || name.find('\\') != name.npos) return false;
    out_.channel = known_.channels.find(name);
    known_.texts.remember(s.read_since(text), out_.channel);
    return true;
  }
  bool id(Scanner& s) {
    std::uint64_t value = 0;
    if (!s.read_decimal(value, kExtendedIdMask)) return false;
    out_.id = static_cast<std::uint32_t>(value);
    return true;
  }
  template <std::size_t kSize>
  static bool flag(Scanner& s, const char (&key)[kSize], bool& value) {
    if (!s.accept(key)) return false;
    value = s.accept("true");
    return value || s.accept("false");
  }
  bool flags(Scanner& s) {
    bool extended, remote, error, fd, brs, esi;
    if (!flag(s, ",\"extended\":", extended)) return false;
    out_.extended = extended;
    if (s.accept(kPlainFlags)) return true;  // as set by reset()
    if (!flag(s, ",\"remote\":", remote) || !flag(s, ",\"error\":", error) ||
        !flag(s, ",\"fd\":", fd) || !flag(s, ",\"brs\":", brs) || !flag(s, ",\"esi\":", esi))
      return false;
    out_.remote = remote;
    out_.error = error;
    out_.fd = fd;
    out_.brs = brs;
    out_.esi = esi;
    return true;
  }
  bool direction(Scanner& s) {
    out_.transmitted = s.accept(",\"direction\":\"tx\"");
    return out_.transmitted || s.accept(",\"direction\":\"rx\"") || s.accept(",\"direction\":null");
  }
  bool data(Scanner& s) {
    data_ = s.read_until('"');
    return true;
  }

  void parse_any_order() {
    bool has_id = false;
    for (JsonObject object(line_, JsonObject::Nested::skip); object.next();) {
      has_id |= object.key() == "id";
      member(object);
    }
    if (!has_id) fail_expected("a member \"id\"", line_);
  }

  void member(const JsonObject& object) {
    using Kind = JsonObject::Kind;
    const std::string_view key = object.key(), value = object.value();
    if (object.kind() == Kind::null) return;
    if (key == "timestamp") {
      if (!parse_seconds(value, out_.timestamp)) bad(key, "a time in seconds", value);
    } else if (key == "channel") {
      if (object.kind() == Kind::nested) bad(key, "a name", value);
      out_.channel = known_.channels.find(value);
    } else if (key == "id") {
      out_.id = static_cast<std::uint32_t>(number(key, value, kExtendedIdMask));
    } else if (key == "dlc") {
      dlc_ = number(key, value, 15);
    } else if (key == "length") {
      length_ = number(key, value, 64);
    } else if (key == "direction") {
      if (value != "rx" && value != "tx") bad(key, "\"rx\" or \"tx\"", value);
      out_.transmitted = value == "tx";
    } else if (key == "data") {
      kept_data_ = value;
      data_ = kept_data_;
    } else {
      flag_member(key, object.kind() == Kind::boolean, value);
    }
  }

  void flag_member(std::string_view key, bool is_boolean, std::string_view value) {
    const bool on = value == "true";
    if (key == "extended")
      out_.extended = on;
    else if (key == "remote")
      out_.remote = on;
    else if (key == "error")
      out_.error = on;
    else if (key == "fd")
      out_.fd = on;
    else if (key == "brs")
      out_.brs = on;
    else if (key == "esi")
      out_.esi = on;
    else
      return;
    if (!is_boolean) bad(key, "true or false", value);
  }

  static std::uint64_t number(std::string_view key, std::string_view text, std::uint64_t limit) {
    std::uint64_t value = 0;
    if (!parse_decimal(text, limit, value))
      bad(key, fmt::format("a number from 0 to {}", limit), text);
    return value;
  }

  void finish() {
    const std::size_t bytes = data_.size() / 2;
    if (length_ == kMissing)
      length_ = out_.remote && dlc_ != kMissing ? std::min<std::uint64_t>(dlc_, 8) : bytes;
    out_.length = static_cast<std::uint8_t>(length_);
    if (!out_.fd && length_ == 8 && dlc_ != kMissing && dlc_ > 8)
      out_.raw_dlc = static_cast<std::uint8_t>(dlc_);
    if (const char* flaw = why_invalid(out_)) fail(Errc::corrupt, "{}: {}", flaw, quote(line_));
    if (data_.size() != out_.payload().size() * 2)
      bad("data", fmt::format("{} bytes in hexadecimal", out_.payload().size()), data_);
    if (!get_hex(data_, std::span(out_.data).first(bytes)))
      bad("data", "hexadecimal digits", data_);
  }

  [[noreturn]] static void bad(std::string_view key, std::string_view what, std::string_view got) {
    fail(Errc::corrupt, "\"{}\": expected {}, got {}", key, what, quote(got));
  }

  std::string_view line_;
  Known& known_;
  Message& out_;
  std::uint64_t dlc_ = kMissing, length_ = kMissing;
  std::string_view data_;
  std::string kept_data_;
};

class Reader final : public LineLogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : LineLogReader(std::move(source)) {}

 protected:
  bool lines_end_themselves() const override { return true; }  // a complete line ends with a brace
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_lines(out, filled, [this](std::string_view line, Message& message) {
      if (line.empty()) return Line::other;
      Parser(line, known_, message).parse();
      return Line::frame;
    });
  }

 private:
  Known known_;
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace can::jsonl
