// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can {

/// Reads one flat JSON object, {"key": value, ...}, of a configuration or a JSON Lines log.
///
///   JsonObject object(text);
///   while (object.next()) use(object.key(), object.kind(), object.value());
///
/// Source: RFC 8259.
class JsonObject {
 public:
  enum class Kind { string, number, boolean, null, nested };
  /// An object or array as a value is an error, or skipped and reported as Kind::nested.
  enum class Nested { refuse, skip };

  /// `text` must outlive the object. Throws Errc::corrupt where `text` starts with no object.
  explicit JsonObject(std::string_view text, Nested nested = Nested::refuse);

  /// Moves to the next member; false after the last. Throws Errc::corrupt "expected ... at column
  /// N, got ...", also for text behind the object.
  bool next();

  std::string_view key() const { return key_; }
  Kind kind() const { return kind_; }

  /// The value: a string without quotes and escapes, or the text of any other value. Views from
  /// key() and value() are valid until the next call of next().
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

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace can
