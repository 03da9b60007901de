// SPDX-License-Identifier: MIT
#include "apps/frame_argument.h"

#include <algorithm>
#include <chrono>

#include "libcan/model/frame_text.h"

namespace can::cli {
namespace {

bool is_message(std::string_view argument, const signals::Catalog& catalog) {
  if (argument.find('=') != argument.npos) return true;
  return std::ranges::any_of(catalog.databases, [&](const signals::BoundDatabase& bound) {
    const auto& messages = bound.database->messages;
    return std::ranges::find(messages, argument, &signals::MessageDefinition::name) !=
           messages.end();
  });
}

}  // namespace

bool is_frame(std::string_view argument, const signals::Catalog* catalog) {
  return argument.find('#') != argument.npos || (catalog && is_message(argument, *catalog));
}

Message frame_of(std::string_view argument, const signals::Catalog* catalog) {
  Message message;
  if (catalog && (is_message(argument, *catalog) || argument.find('#') == argument.npos))
    message = signals::encode(*catalog, argument);
  else
    parse_frame(argument, message);
  message.timestamp = std::chrono::system_clock::now().time_since_epoch();
  return message;
}

}  // namespace can::cli
