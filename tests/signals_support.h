// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cansuite/signals.h"

/// A database of a text, with its warnings.
struct Parsed {
  explicit Parsed(const std::string& text)
      : database(std::make_shared<const can::signals::Database>(can::signals::parse_dbc(
            text, "x.dbc", [this](const std::string& line) { warnings.push_back(line); }))) {}

  std::vector<std::string> warnings;
  std::shared_ptr<const can::signals::Database> database;
};

/// "BO_ 5 T: 8 A" with the signals of these lines behind it.
inline std::string message_with(const std::string& signals, const std::string& rest = "") {
  return "BU_: A B\nBO_ 5 T: 8 A\n" + signals + "\n" + rest;
}

/// "a=1 b=12.5:On" of the signals that are present.
inline std::string decoded_text(can::signals::Decoder& decoder, const can::Message& message) {
  std::string all;
  const auto decoded = decoder.decode(message);
  if (!decoded.message) return "no message";
  for (const can::signals::Value& value : decoded.values) {
    if (!all.empty()) all += ' ';
    all += value.signal->name + "=" + to_string(value);
    if (const auto* text = text_of(value)) all += ":" + text->text;
  }
  return all;
}
