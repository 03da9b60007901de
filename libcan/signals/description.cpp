// SPDX-License-Identifier: MIT
#include "libcan/signals/description.h"

#include <fmt/core.h>

#include "libcan/model/json.h"

namespace can::signals {
namespace {

/// Builds a JSON object or array, member by member.
class Json {
 public:
  explicit Json(std::string& out) : out_(out) {}

  std::string& key(std::string_view name) {
    next();
    append_json_string(out_, name);
    return out_.append(": ");
  }
  void text(std::string_view name, std::string_view value) { append_json_string(key(name), value); }
  void raw(std::string_view name, std::string_view value) { key(name).append(value); }
  void number(std::string_view name, std::uint64_t value) { raw(name, std::to_string(value)); }
  void flag(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }

  std::string& next() {
    if (!first_) out_ += ", ";
    first_ = false;
    return out_;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

std::string raw_text(const ValueText& value) {
  return value.negative ? std::to_string(static_cast<std::int64_t>(value.raw))
                        : std::to_string(value.raw);
}

void append_values(std::string& out, const Signal& s) {
  Json list(out += '[');
  for (const ValueText& value : s.values) {
    list.next().append(fmt::format("[{}, ", raw_text(value)));
    append_json_string(out, value.text);
    out += ']';
  }
  out += ']';
}

void append_ranges(std::string& out, const Signal& s) {
  Json list(out += '[');
  for (const RawRange& range : s.when)
    list.next().append(fmt::format("[{}, {}]", range.first, range.last));
  out += ']';
}

void append_multiplexing(Json& json, const MessageDefinition& message, const Signal& s) {
  if (!s.multiplexing.empty()) json.text("mux", s.multiplexing);
  if (s.parent) json.text("parent", message.signals[*s.parent].name);
  if (!s.when.empty()) append_ranges(json.key("when"), s);
}

void append_signal(std::string& out, const MessageDefinition& message, const Signal& s) {
  Json json(out += '{');
  json.text("n", s.name);
  json.number("start", s.start);
  json.number("len", s.length);
  json.text("order", s.order == ByteOrder::big ? "be" : "le");
  json.flag("signed", s.is_signed);
  if (s.float_bits != 0) json.number("float", s.float_bits);
  json.raw("factor", to_string(s.factor));
  json.raw("offset", to_string(s.offset));
  json.raw("min", to_string(s.minimum));
  json.raw("max", to_string(s.maximum));
  json.text("unit", s.unit);
  append_multiplexing(json, message, s);
  if (!s.values.empty()) append_values(json.key("values"), s);
  if (s.spn) json.number("spn", *s.spn);
  if (s.start_value) json.raw("start_value", to_string(*s.start_value));
  if (!s.comment.empty()) json.text("comment", s.comment);
  out += '}';
}

void append_senders(std::string& out, const MessageDefinition& message) {
  Json list(out += '[');
  for (const std::string& sender : message.senders) append_json_string(list.next(), sender);
  out += ']';
}

}  // namespace

std::string describe(const MessageDefinition& message) {
  std::string out = "{";
  Json json(out);
  json.text("m", message.name);
  json.number("id", message.id);
  json.flag("ext", message.extended);
  json.number("len", message.length);
  json.flag("fd", message.fd);
  if (message.j1939) json.flag("j1939", true);
  if (message.cycle) json.raw("cycle", to_string(*message.cycle));
  append_senders(json.key("senders"), message);
  json.number("line", message.line);
  if (!message.comment.empty()) json.text("comment", message.comment);
  Json signals(json.key("signals") += '[');
  for (const Signal& s : message.signals) append_signal(signals.next(), message, s);
  return out += "]}";
}

}  // namespace can::signals
