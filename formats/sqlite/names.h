// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace can::sqlite {

/// "Engine ""2""": a name in the text of a statement.
std::string quoted_name(std::string_view name);
/// 'it''s': a text in a statement.
std::string quoted_text(std::string_view text);

/// Names for tables or columns. To SQLite, letters of either case are the same.
class Names {
 public:
  /// `name`, with as many "_" behind it as make it unlike the names before.
  std::string add(std::string_view name);

 private:
  std::unordered_set<std::string> taken_;  // in lower case
};

}  // namespace can::sqlite
