// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/json.h"

namespace can::cli {

/// Builds a JSON object, member by member, for --json.
class JsonText {
 public:
  JsonText& add(std::string_view key, std::string_view value) {
    append_json_string(start(key), value);
    return *this;
  }
  JsonText& add(std::string_view key, const char* value) {
    return add(key, std::string_view(value));
  }
  JsonText& add(std::string_view key, const std::string& value) {
    return add(key, std::string_view(value));
  }
  JsonText& add(std::string_view key, bool value) { return add_raw(key, value ? "true" : "false"); }
  JsonText& add(std::string_view key, std::int64_t value) {
    return add_raw(key, std::to_string(value));
  }
  JsonText& add(std::string_view key, std::uint64_t value) {
    return add_raw(key, std::to_string(value));
  }
  JsonText& add(std::string_view key, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) {
      if (!list.empty()) list += ", ";
      append_json_string(list, value);
    }
    return add_raw(key, "[" + list + "]");
  }

  /// `value` is JSON already.
  JsonText& add_raw(std::string_view key, std::string_view value) {
    start(key).append(value);
    return *this;
  }

  std::string object() const { return "{" + members_ + "}"; }

 private:
  std::string& start(std::string_view key) {
    if (!members_.empty()) members_ += ", ";
    append_json_string(members_, key);
    return members_ += ": ";
  }

  std::string members_;
};

/// "[...]" of texts that are JSON already, one a line.
inline std::string json_array(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : ",\n ") + value;
  return "[" + all + "]";
}

}  // namespace can::cli
