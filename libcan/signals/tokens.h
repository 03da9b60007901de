// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace can::signals {

/// A word of a DBC file. `text` is a part of the file.
struct Token {
  enum class Kind {
    word,    ///< a name or a keyword; names may start with a digit
    number,  ///< with sign, fraction and exponent
    string,  ///< what stands between the quotes, escapes included
    cut,     ///< a string without its end
    symbol,  ///< one character
    end,
  };

  Kind kind = Kind::end;
  std::string_view text{};
  std::size_t line = 1;        ///< from 1
  bool first_on_line = false;  ///< only white space stands before it

  bool is(char symbol) const { return kind == Kind::symbol && text.front() == symbol; }
  bool is_word(std::string_view word) const { return kind == Kind::word && text == word; }
};

/// Cuts the text of a DBC file into words, front to back, each character at most twice.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { read(current_), read(following_); }

  const Token& current() const { return current_; }
  const Token& following() const { return following_; }  ///< the one after current()
  void advance();

  /// Goes on in the line behind that where a string without an end, which is current(), starts.
  /// From there on no string runs over the end of a line, so that no character is read often.
  void leave_cut_string();

 private:
  void read(Token& token);
  void skip_blanks();
  void skip_line();
  void end_line();
  std::size_t string_end(bool& closed);
  bool starts_number() const;
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }

  std::string_view text_;
  std::size_t place_ = 0, line_ = 1;
  bool one_line_ = false;  // strings end with their line
  bool fresh_ = true;      // nothing but white space since the start of the line
  Token current_, following_;
};

}  // namespace can::signals
