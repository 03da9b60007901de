// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "libcan/signals/statements.h"
#include "libcan/signals/tokens.h"
#include "libcan/signals/warnings.h"

namespace can::signals {

bool is_keyword(const Token& token);

/// Walks over the words of a DBC file. What takes a word returns whether it was there; otherwise it
/// warns, and stays.
class Cursor {
 public:
  Cursor(std::string_view text, Warnings& warnings) : tokens_(text), warnings_(warnings) {}

  const Token& now() const { return tokens_.current(); }
  const Token& following() const { return tokens_.following(); }
  bool at_end() const { return now().kind == Token::Kind::end; }
  bool at_word() const { return now().kind == Token::Kind::word && !is_keyword(now()); }
  void advance() { tokens_.advance(); }

  /// A statement starts with a keyword at the start of a line.
  static bool starts_statement(const Token& token) {
    return token.first_on_line && is_keyword(token);
  }
  bool at_next_statement() const { return at_end() || starts_statement(now()); }
  void begin_statement();                     ///< takes the keyword
  std::size_t line() const { return line_; }  ///< of the statement
  void resume();                              ///< goes on at the next statement

  bool expected(std::string_view what);  ///< warns: "expected <what>, got 'x'"; false
  bool take(Token::Kind kind, std::string_view what, std::string_view& text);
  bool symbol(char wanted);
  bool whole(std::uint64_t& value, std::string_view what);
  bool decimal(Decimal& value);
  /// As whole(), without a warning.
  bool number(std::uint64_t& value);
  /// The end of a statement: a semicolon. True also without it, with a warning.
  bool end();
  bool rest();  ///< skips to the end of the statement

  Warnings& warnings() { return warnings_; }

 private:
  Tokens tokens_;
  Warnings& warnings_;
  std::size_t line_ = 0;
};

}  // namespace can::signals
