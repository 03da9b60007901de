// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/signals.h"

/// What a DBC file says, statement by statement, before names and ids are looked up. The texts are
/// parts of the file.
namespace can::signals {

/// What a statement is about.
struct Target {
  enum class Kind { database, node, message, signal, other };

  Kind kind = Kind::database;
  std::uint64_t id = 0;     // of a message, with the flag bit
  std::string_view name{};  // of a node or signal
  std::size_t line = 0;
};

struct ValuesStatement {
  Target target;
  std::vector<ValueText> values;
};

struct TypeStatement {
  Target target;
  std::uint64_t type = 0;
};

struct MultiplexStatement {
  Target target;
  std::string_view parent;
  std::vector<RawRange> when;
};

struct CommentStatement {
  Target target;
  std::string_view text;
};

/// The attributes that count; all others are skipped.
enum class Attribute {
  cycle,
  frame_format,
  spn,
  start_value,
  message_name,
  signal_name,
  node_name
};

struct AttributeStatement {
  Target target;
  Attribute attribute{};
  std::string_view value;
};

struct AttributeDefinition {
  std::vector<std::string_view> words;  // of an enumeration
  std::string_view preset{};
  bool has_preset = false;
};

struct SendersStatement {
  Target target;
  std::vector<std::string_view> nodes;
};

/// Where the statements of a message's signals stand.
struct MessagePlace {
  std::uint64_t id = 0;  // with the flag bit
  std::vector<std::size_t> signal_lines;
};

struct Statements {
  Database database;                 // messages with signals, not looked up
  std::vector<MessagePlace> places;  // parallel to database.messages
  std::vector<ValuesStatement> values;
  std::vector<TypeStatement> types;
  std::vector<MultiplexStatement> multiplexing;
  std::vector<CommentStatement> comments;
  std::vector<AttributeStatement> attributes;
  std::map<Attribute, AttributeDefinition> definitions;
  std::vector<SendersStatement> senders;
};

/// The string of a token, without escapes.
std::string unescaped(std::string_view text);

}  // namespace can::signals
