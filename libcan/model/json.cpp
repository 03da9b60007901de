// SPDX-License-Identifier: MIT
#include "libcan/model/json.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"
#include "libcan/model/utf8.h"

namespace can {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// A character that a terminal could obey, as \u202e, or as two surrogates.
void append_hidden(std::string& out, char32_t c) {
  const auto unit = [&out](char32_t value) {
    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(value));
  };
  if (c < 0x10000) return unit(c);
  unit(0xD800 + ((c - 0x10000) >> 10));
  unit(0xDC00 + ((c - 0x10000) & 0x3FF));
}

}  // namespace

JsonObject::JsonObject(std::string_view text, Nested nested) : text_(text), nested_(nested) {
  skip_blanks();
  if (!accept('{')) expected("a JSON object");
}

bool JsonObject::next() {
  skip_blanks();
  if (accept('}')) {
    skip_blanks();
    if (at_ != text_.size()) expected("the end");
    return false;
  }
  if (!first_ && !accept(',')) expected("',' or '}'");
  first_ = false;
  skip_blanks();
  key_ = read_string(key_text_);
  skip_blanks();
  if (!accept(':')) expected("':'");
  skip_blanks();
  read_value();
  return true;
}

void JsonObject::skip_blanks() {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
}

bool JsonObject::accept(char c) {
  if (at_ == text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

std::string_view JsonObject::read_string(std::string& unescaped) {
  if (!accept('"')) expected("'\"'");
  const std::size_t start = at_;
  at_ = text_.find_first_of("\"\\", at_);
  if (at_ == text_.npos) at_ = text_.size(), expected("'\"'");
  if (text_[at_] == '"') return text_.substr(start, at_++ - start);
  unescaped.assign(text_.substr(start, at_ - start));
  while (!accept('"')) {
    if (at_ == text_.size()) expected("'\"'");
    if (accept('\\'))
      append_escape(unescaped);
    else
      unescaped += text_[at_++];
  }
  return unescaped;
}

void JsonObject::append_escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kBytes = "\"\\/\b\f\n\r\t";
  if (at_ == text_.size()) expected("an escape");
  if (const std::size_t known = kNames.find(text_[at_]); known != kNames.npos) {
    out += kBytes[known];
    ++at_;
    return;
  }
  if (!accept('u')) expected("an escape");
  char32_t c = read_hex4();
  if (c >= 0xD800 && c < 0xDC00 && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    const char32_t low = read_hex4();
    c = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00)
                                      : kReplacement;
  }
  append_utf8(out, c >= 0xD800 && c < 0xE000 ? kReplacement : c);
}

unsigned JsonObject::read_hex4() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const int digit = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
    if (digit < 0) expected("four hexadecimal digits");
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return value;
}

void JsonObject::read_value() {
  if (at_ < text_.size() && text_[at_] == '"') {
    kind_ = Kind::string;
    value_ = read_string(value_text_);
    return;
  }
  const bool opens = at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[');
  if (opens && nested_ == Nested::skip) return read_nested();
  const std::size_t end = std::min(text_.find_first_of(",} \t\r\n", at_), text_.size());
  value_ = text_.substr(at_, end - at_);
  if (value_ == "true" || value_ == "false")
    kind_ = Kind::boolean;
  else if (value_ == "null")
    kind_ = Kind::null;
  else if (!value_.empty() && value_.find_first_not_of("+-.0123456789eE") == value_.npos)
    kind_ = Kind::number;
  else
    expected("a string, a number, true, false or null");
  at_ = end;
}

/// Reads up to the closing bracket. Brackets within strings don't count.
void JsonObject::read_nested() {
  const std::size_t start = at_;
  std::size_t depth = 0;
  do {
    at_ = std::min(text_.find_first_of("{[]}\"", at_), text_.size());
    if (at_ == text_.size()) expected("the end of an object or array");
    if (text_[at_] == '"') {
      read_string(value_text_);
      continue;
    }
    const bool opens = text_[at_] == '{' || text_[at_] == '[';
    depth += opens ? 1 : std::size_t(-1);
    ++at_;
  } while (depth > 0);
  kind_ = Kind::nested;
  value_ = text_.substr(start, at_ - start);
}

void JsonObject::expected(std::string_view what) const {
  fail(Errc::corrupt, "expected {} at column {}, got {}", what, at_ + 1,
       quote(text_.substr(std::min(at_, text_.size()))));
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      append_utf8(out, kReplacement);
      length = 1;
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[0];
    } else if (std::string_view rest = text; is_hidden(read_utf8(rest))) {
      append_hidden(out, read_utf8(text));
      continue;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

}  // namespace can
