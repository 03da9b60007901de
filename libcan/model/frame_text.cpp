// SPDX-License-Identifier: MIT
#include "libcan/model/frame_text.h"

#include <algorithm>

#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"
#include "libcan/model/hex.h"

namespace can {
namespace {

/// Reads one frame, left to right.
class Parser {
 public:
  Parser(std::string_view text, Message& out) : text_(text), out_(out) {}

  void parse() {
    const std::size_t sign = find_sign();
    if (sign != 3 && sign != 8) refuse_id(sign);
    parse_id(sign);
    at_ = sign + 1;
    if (peek() == '#')
      parse_fd();
    else if (peek() == 'R' || peek() == 'r')
      parse_remote();
    else
      out_.length = parse_data(8);
    if (!out_.fd && out_.length == 8 && peek() == '_') parse_raw_dlc();
    if (at_ != text_.size()) refuse_rest();
  }

 private:
  /// The '#' is behind `sign` characters, or missing.
  [[noreturn]] void refuse_id(std::size_t sign) const {
    if (is_xl(sign)) fail(Errc::invalid, "{}: CAN XL is not supported", quote(text_));
    if (text_.starts_with("0x") || text_.starts_with("0X"))
      expected("an id of 3 or 8 hexadecimal digits, without 0x,", 0);
    expected("an id of 3 or 8 hexadecimal digits and '#'", 0);
  }

  /// "45123#81:00:12345678#112233": two digits of the virtual network, three of the id, then flags.
  bool is_xl(std::size_t sign) const {
    const auto is_digit = [](char c) { return hex_digit(c) >= 0; };
    return sign == 5 && std::ranges::all_of(text_.substr(0, sign), is_digit) &&
           text_.substr(sign).find(':') != text_.npos;
  }

  [[noreturn]] void refuse_rest() const {
    const std::size_t limit = out_.fd ? 64 : 8;
    if (out_.remote || out_.raw_dlc != 0) expected("the end", at_);
    if (out_.length < limit || !follows_byte()) expected("two hexadecimal digits", at_);
    expected(out_.fd ? "the end: CAN FD carries at most 64 bytes,"
                     : "the end: a classic frame carries at most 8 bytes,",
             at_);
  }

  bool follows_byte() const {
    const std::size_t dot = peek() == '.' ? 1 : 0;
    return hex_digit(peek(dot)) >= 0 && hex_digit(peek(dot + 1)) >= 0;
  }

  std::size_t find_sign() const {
    for (std::size_t usual : {3u, 8u})
      if (text_.size() > usual && text_[usual] == '#') return usual;
    return text_.find('#');
  }

  void parse_id(std::size_t digits) {
    const std::int64_t value =
        digits == 3 ? get_hex_number<3>(text_.data()) : get_hex_number<8>(text_.data());
    if (value < 0) expected("a hexadecimal digit", first_flaw());
    const auto id = static_cast<std::uint32_t>(value);
    if (digits == 3 ? id > kStandardIdMask : id > (kErrorIdFlag | kExtendedIdMask))
      expected(digits == 3 ? "an id of at most 7FF" : "an id of at most 1FFFFFFF", 0);
    out_.error = (id & kErrorIdFlag) != 0;
    out_.extended = digits == 8 && !out_.error;
    out_.id = id & kExtendedIdMask;
    out_.remote = out_.fd = out_.brs = out_.esi = false;
    out_.raw_dlc = 0;
  }

  std::size_t first_flaw() const {
    return static_cast<std::size_t>(
        std::ranges::find_if(text_, [](char c) { return hex_digit(c) < 0; }) - text_.begin());
  }

  void parse_fd() {
    const int flags = hex_digit(peek(1));
    if (flags < 0) expected("one hexadecimal digit of FD flags", at_ + 1);
    at_ += 2;
    out_.fd = true;
    out_.brs = (flags & kBrsFlag) != 0;
    out_.esi = (flags & kEsiFlag) != 0;
    const std::uint8_t given = parse_data(64);
    out_.length = length_of(dlc_of(given));
    std::fill(out_.data.begin() + given, out_.data.begin() + out_.length, std::uint8_t{0});
  }

  void parse_remote() {
    out_.remote = true;
    out_.length = 0;
    const int length = hex_digit(peek(1));
    if (length > 8) expected("a length of 0 to 8", at_ + 1);
    if (length >= 0) out_.length = static_cast<std::uint8_t>(length);
    at_ += length >= 0 ? 2 : 1;
  }

  std::uint8_t parse_data(std::size_t limit) {
    const std::string_view rest = text_.substr(at_);
    const std::size_t count = std::min(limit, rest.size() / 2);
    if (!get_hex(rest, std::span(out_.data).first(count))) return parse_dotted_data(limit);
    at_ += count * 2;  // no dots, as in nearly all frames
    return static_cast<std::uint8_t>(count);
  }

  /// "11.22.33": bytes with or without dots, up to the first other character.
  std::uint8_t parse_dotted_data(std::size_t limit) {
    std::size_t count = 0;
    while (at_ + 1 < text_.size() && count < limit) {
      const int high = hex_digit(text_[at_]), low = hex_digit(text_[at_ + 1]);
      if ((high | low) >= 0) {
        out_.data[count++] = static_cast<std::uint8_t>(high << 4 | low);
        at_ += 2;
      } else if (text_[at_] == '.' && count > 0 && text_[at_ - 1] != '.') {
        ++at_;
      } else {
        break;
      }
    }
    return static_cast<std::uint8_t>(count);
  }

  void parse_raw_dlc() {
    const int raw = hex_digit(peek(1));
    if (raw < 9) expected("a raw DLC of 9 to F", at_ + 1);
    out_.raw_dlc = static_cast<std::uint8_t>(raw);
    at_ += 2;
  }

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  [[noreturn]] void expected(std::string_view what, std::size_t at) const {
    fail(Errc::invalid, "expected {} at column {} of {}", what, at + 1, quote(text_));
  }

  std::string_view text_;
  Message& out_;
  std::size_t at_ = 0;
};

}  // namespace

void parse_frame(std::string_view text, Message& out) { Parser(text, out).parse(); }

char* put_frame_id(char* at, const Message& message) {
  const std::uint32_t id = message.id | (message.error ? kErrorIdFlag : 0);
  return put_hex_number<HexCase::upper>(at, id, message.extended || message.error ? 8 : 3);
}

char* put_frame(char* at, const Message& message) {
  at = put_frame_id(at, message);
  *at++ = '#';
  if (message.fd) {
    *at++ = '#';
    at = put_hex_number<HexCase::upper>(at, fd_flags(message), 1);
  } else if (message.remote) {
    *at++ = 'R';
    if (message.length > 0) at = put_hex_number<HexCase::upper>(at, message.length, 1);
  }
  at = put_hex<HexCase::upper>(at, message.payload());
  if (message.raw_dlc != 0) {
    *at++ = '_';
    at = put_hex_number<HexCase::upper>(at, message.raw_dlc, 1);
  }
  return at;
}

void format_frame(const Message& message, std::string& out) {
  char text[kLongestFrameText];
  out.append(text, static_cast<std::size_t>(put_frame(text, message) - text));
}

Message parse_frame(std::string_view text) {
  Message message;
  parse_frame(text, message);
  return message;
}

std::string format_frame(const Message& message) {
  std::string text;
  format_frame(message, text);
  return text;
}

}  // namespace can
