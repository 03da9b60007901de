// SPDX-License-Identifier: MIT
#include "libcan/signals/tokens.h"

#include "libcan/model/ascii.h"

namespace can::signals {
namespace {

bool is_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\0'; }

/// The length of the number at the start of `text`, behind its sign; 0 for none.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0, digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
  if (at < text.size() && text[at] == '.')
    for (++at; at < text.size() && is_digit(text[at]); ++at) ++digits;
  if (digits == 0) return 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t power = at + 1;
    if (power < text.size() && (text[power] == '-' || text[power] == '+')) ++power;
    const std::size_t first = power;
    while (power < text.size() && is_digit(text[power])) ++power;
    if (power > first) at = power;
  }
  return at;
}

std::size_t name_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_name(text[at])) ++at;
  return at;
}

}  // namespace

void Tokens::advance() {
  current_ = following_;
  read(following_);
}

void Tokens::leave_cut_string() {
  one_line_ = true;
  place_ = static_cast<std::size_t>(current_.text.data() - text_.data());
  line_ = current_.line;
  fresh_ = false;
  skip_line();
  read(current_);
  read(following_);
}

void Tokens::end_line() {
  // CR LF is one end of a line.
  if (text_[place_] == '\r' && at(place_ + 1) == '\n') ++place_;
  ++place_, ++line_;
}

void Tokens::skip_line() {
  while (place_ < text_.size() && text_[place_] != '\n' && text_[place_] != '\r') ++place_;
}

void Tokens::skip_blanks() {
  while (place_ < text_.size()) {
    const char c = text_[place_];
    if (c == '\n' || c == '\r') {
      end_line();
      fresh_ = true;
    } else if (is_blank(c)) {
      ++place_;
    } else if (c == '/' && at(place_ + 1) == '/') {
      skip_line();
    } else {
      return;
    }
  }
}

/// Moves behind the quote that ends the string; returns its place.
std::size_t Tokens::string_end(bool& closed) {
  while (place_ < text_.size() && text_[place_] != '"') {
    if (text_[place_] != '\n' && text_[place_] != '\r')
      place_ += text_[place_] == '\\' && at(place_ + 1) == '"' ? 2 : 1;
    else if (one_line_)
      return closed = false, place_;
    else
      end_line();
  }
  closed = place_ < text_.size();
  return closed ? place_++ : place_ = text_.size();
}

/// A sign belongs to the digits behind it, but for that of a range: 0-3.
bool Tokens::starts_number() const {
  const char c = text_[place_];
  if (is_digit(c) || (c == '.' && is_digit(at(place_ + 1)))) return true;
  if (c != '-' && c != '+') return false;
  const bool behind_digit = place_ > 0 && is_digit(text_[place_ - 1]);
  return !behind_digit && number_length(text_.substr(place_ + 1)) > 0;
}

void Tokens::read(Token& token) {
  skip_blanks();
  token = {.line = line_, .first_on_line = fresh_};
  if (place_ >= text_.size()) return;
  fresh_ = false;
  const std::string_view rest = text_.substr(place_);
  const char c = rest.front();
  if (c == '"') {
    const std::size_t start = ++place_;
    bool closed = false;
    const std::size_t end = string_end(closed);
    token.kind = closed ? Token::Kind::string : Token::Kind::cut;
    token.text = text_.substr(start, end - start);
    return;
  }
  std::size_t length = 1;
  token.kind = Token::Kind::symbol;
  if (starts_number()) {
    const std::size_t sign = c == '-' || c == '+' ? 1 : 0;
    length = sign + number_length(rest.substr(sign));
    token.kind = Token::Kind::number;
  }
  if (is_name(c) && (token.kind != Token::Kind::number || name_length(rest) > length)) {
    token.kind = Token::Kind::word;
    length = name_length(rest);
  }
  token.text = rest.substr(0, length);
  place_ += length;
}

}  // namespace can::signals
