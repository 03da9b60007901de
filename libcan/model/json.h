// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can {

/// Walks over one flat JSON object, {"key": value, ...}, as configuration and JSON Lines have it.
///
///   JsonObject object(text);
///   while (object.next()) use(object.key(), object.kind(), object.value());
///
/// Source: RFC 8259.
class JsonObject {
 public:
  enum class Kind { string, number, boolean, null, nested };
  /// Of an object or array as a value: an error, or Kind::nested, whose inside isn't looked at.
  enum class Nested { refuse, skip };

  /// `text` must outlive it. Throws Errc::corrupt when no object starts here.
  explicit JsonObject(std::string_view text, Nested nested = Nested::refuse);

  /// Goes to the next member; false behind the last. Throws Errc::corrupt "expected ... at column
  /// N", also for text behind the object.
  bool next();

  std::string_view key() const { return key_; }
  Kind kind() const { return kind_; }

  /// The value: a string without quotes and escapes, else the text as it stands. Both views live
  /// until the next call of next().
  std::string_view value() const { return value_; }

 private:
  void skip_blanks();
  bool accept(char c);
  std::string_view read_string(std::string& unescaped);
  void append_escape(std::string& out);
  unsigned read_hex4();
  void read_value();
  void read_nested();
  [[noreturn]] void expected(std::string_view what) const;

  std::string_view text_;
  Nested nested_;
  std::size_t at_ = 0;
  bool first_ = true;
  std::string_view key_, value_;
  std::string key_text_, value_text_;
  Kind kind_ = Kind::null;
};

/// Appends `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace can
