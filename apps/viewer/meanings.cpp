// SPDX-License-Identifier: MIT
#include "apps/viewer/meanings.h"

namespace can::cli {
namespace {

std::string value_text(const signals::Value& value) {
  std::string text = value.signal->name + " " + to_string(value);
  if (const signals::ValueText* meaning = signals::text_of(value))
    return text + " " + meaning->text;
  return value.signal->unit.empty() ? text : text + " " + value.signal->unit;
}

}  // namespace

std::string Meanings::name(const Message& message) const {
  const signals::MessageDefinition* found = decoder_ ? decoder_->find(message) : nullptr;
  return found ? found->name : std::string();
}

std::vector<std::string> Meanings::values(const Message& message) const {
  std::vector<std::string> texts;
  if (!decoder_) return texts;
  for (const signals::Value& value : decoder_->decode(message).values)
    texts.push_back(value_text(value));
  return texts;
}

}  // namespace can::cli
