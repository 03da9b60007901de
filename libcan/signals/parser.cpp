// SPDX-License-Identifier: MIT
#include "libcan/signals/parser.h"

#include <algorithm>

#include "libcan/model/fail.h"
#include "libcan/signals/cursor.h"
#include "libcan/signals/decimal.h"

namespace can::signals {
namespace {

using Kind = Token::Kind;

constexpr std::size_t kMaxMessages = 100'000, kMaxSignals = 500'000;

constexpr std::pair<std::string_view, Attribute> kAttributes[] = {
    {"GenMsgCycleTime", Attribute::cycle},
    {"VFrameFormat", Attribute::frame_format},
    {"SPN", Attribute::spn},
    {"GenSigStartValue", Attribute::start_value},
    {"SystemMessageLongSymbol", Attribute::message_name},
    {"SystemSignalLongSymbol", Attribute::signal_name},
    {"SystemNodeLongSymbol", Attribute::node_name},
};

const Attribute* find_attribute(std::string_view name) {
  const auto* found =
      std::ranges::find(kAttributes, name, &std::pair<std::string_view, Attribute>::first);
  return found == std::end(kAttributes) ? nullptr : &found->second;
}

bool is_object(const Token& token) {
  constexpr std::string_view kObjects[] = {"BU_", "BO_", "SG_", "EV_"};
  return token.kind == Kind::word && std::ranges::find(kObjects, token.text) != std::end(kObjects);
}

class Parser : Cursor {
 public:
  using Cursor::Cursor;

  Statements run() {
    while (!at_end()) parse_one();
    if (!any_) fail(Errc::corrupt, "{}: not a DBC file: it has no statement", warnings().name());
    return std::move(result_);
  }

 private:
  using Statement = bool (Parser::*)();

  void parse_one() {
    const Statement statement = statement_of(now());
    any_ = any_ || statement;
    if (statement) begin_statement();
    if (statement ? !(this->*statement)() : !expected("a statement")) resume();
  }

  static Statement statement_of(const Token& token) {
    static constexpr std::pair<std::string_view, Statement> kStatements[] = {
        {"BO_", &Parser::message},        {"SG_", &Parser::signal},
        {"VAL_", &Parser::values},        {"VAL_TABLE_", &Parser::table},
        {"CM_", &Parser::comment},        {"BA_", &Parser::attribute},
        {"BA_DEF_", &Parser::definition}, {"BA_DEF_DEF_", &Parser::preset},
        {"SIG_VALTYPE_", &Parser::type},  {"SG_MUL_VAL_", &Parser::multiplexing},
        {"BO_TX_BU_", &Parser::senders},  {"NS_", &Parser::symbols},
        {"BU_", &Parser::words},          {"BS_", &Parser::words},
        {"VERSION", &Parser::version},
    };
    if (!is_keyword(token)) return nullptr;
    const auto* found =
        std::ranges::find(kStatements, token.text, &std::pair<std::string_view, Statement>::first);
    return found == std::end(kStatements) ? &Parser::rest : found->second;
  }

  bool version() {
    if (now().kind == Kind::string) advance();
    return true;
  }
  /// The names of nodes, or the bit timing.
  bool words() {
    while (now().kind != Kind::end && now().kind != Kind::cut && !is_keyword(now())) advance();
    return true;
  }
  /// The list of keywords, which ends where one starts a statement.
  bool symbols() {
    if (now().is(':')) advance();
    while (now().kind == Kind::word && !starts_section(now()) && is_listed()) advance();
    return true;
  }
  /// Whether the keyword stands alone, not at the start of a statement.
  bool is_listed() const {
    const Token& next = following();
    if (next.kind != Kind::word) return next.kind == Kind::end;
    const bool has_object = now().is_word("CM_") || now().is_word("BA_DEF_");
    return next.first_on_line || !is_object(next) || (starts_section(next) && !has_object);
  }
  static bool starts_section(const Token& token) {
    return token.is_word("BS_") || token.is_word("BU_") || token.is_word("BO_");
  }

  bool message() {
    inside_ = false;
    std::string_view name, sender;
    std::uint64_t id = 0, length = 0;
    const std::size_t line = Cursor::line();
    if (!whole(id, "the id of a message") || !take(Kind::word, "the name of a message", name) ||
        !symbol(':') || !whole(length, "the length of the message"))
      return false;
    if (at_word()) take(Kind::word, "", sender);
    auto& messages = result_.database.messages;
    if (messages.size() == kMaxMessages)
      fail(Errc::corrupt, "{}:{}: over {} messages", warnings().name(), line, kMaxMessages);
    MessageDefinition& made = messages.emplace_back();
    made.name = made.short_name = name;
    made.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX));
    made.line = line;
    if (!sender.empty()) made.senders.emplace_back(sender);
    result_.places.push_back({id, {}});
    inside_ = true;
    return true;
  }

  bool signal() {
    if (!inside_) return false;  // of a message that was wrong
    Signal s;
    std::string_view name, unit;
    std::uint64_t start = 0, length = 0, order = 0;
    if (!take(Kind::word, "the name of a signal", name)) return false;
    if (now().kind == Kind::word) s.multiplexing = now().text, advance();
    if (!symbol(':') || !whole(start, "the start bit") || !symbol('|') ||
        !whole(length, "the number of bits") || !symbol('@') || !byte_order(order) ||
        !sign(s.is_signed) || !scale(s) || !take(Kind::string, "the unit", unit))
      return false;
    receivers();
    s.name = s.short_name = name;
    s.unit = unescaped(unit);
    s.start = static_cast<std::uint32_t>(std::min<std::uint64_t>(start, UINT32_MAX));
    s.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX));
    s.order = order == 0 ? ByteOrder::big : ByteOrder::little;
    return add(std::move(s));
  }
  bool add(Signal signal) {
    if (++signals_ > kMaxSignals)
      fail(Errc::corrupt, "{}:{}: over {} signals", warnings().name(), line(), kMaxSignals);
    result_.database.messages.back().signals.push_back(std::move(signal));
    result_.places.back().signal_lines.push_back(line());
    return true;
  }
  bool byte_order(std::uint64_t& order) {
    if (now().text != "0" && now().text != "1") return expected("0 or 1, the byte order");
    return whole(order, "");
  }
  bool sign(bool& is_signed) {
    if (!now().is('+') && !now().is('-')) return expected("+ or -");
    is_signed = now().is('-');
    advance();
    return true;
  }
  bool scale(Signal& s) {
    return symbol('(') && decimal(s.factor) && symbol(',') && decimal(s.offset) && symbol(')') &&
           symbol('[') && decimal(s.minimum) && symbol('|') && decimal(s.maximum) && symbol(']');
  }
  void receivers() {
    while (at_word()) {
      advance();
      if (!now().is(',')) return;
      advance();
    }
  }

  /// `id signal`. False without a warning where an environment variable is meant.
  bool signal_target(Target& target) {
    target.kind = Target::Kind::signal;
    target.line = line();
    return whole(target.id, "the id of a message") &&
           take(Kind::word, "the name of a signal", target.name);
  }

  bool values() {
    if (now().kind == Kind::word) return rest();  // of an environment variable
    ValuesStatement made;
    if (!signal_target(made.target) || !value_texts(made.values)) return false;
    result_.values.push_back(std::move(made));
    return end();
  }
  bool table() {
    std::string_view name;
    std::vector<ValueText> values;
    if (!take(Kind::word, "the name of a value table", name) || !value_texts(values)) return false;
    result_.database.tables.push_back({std::string(name), std::move(values)});
    return end();
  }
  bool value_texts(std::vector<ValueText>& values) {
    while (now().kind == Kind::number) {
      ValueText value;
      std::string_view text;
      const bool valid = raw_value(value);
      advance();
      if (!take(Kind::string, "the text of a value", text)) return false;
      value.text = unescaped(text);
      if (valid) values.push_back(std::move(value));
    }
    return now().is(';') || at_next_statement() || expected("a value or ';'");
  }
  /// Whether the number, which is the current token, is whole and has at most 64 bits.
  bool raw_value(ValueText& value) {
    const auto number = parse_decimal(now().text);
    Decimal whole = number.value_or(Decimal{}), one{.digits = 1};
    if (!number || number->exponent < 0 || !align(whole, one)) return false;
    value.negative = number->negative && number->digits != 0;
    value.raw = value.negative ? -whole.digits : whole.digits;
    return true;
  }

  bool comment() {
    CommentStatement made;
    target(made.target);
    // A comment may lack a part of what it is about: CM_ SG_ 304 "text".
    while (now().kind == Kind::number || now().kind == Kind::word) {
      if (starts_statement(now())) break;
      made.target.kind = Target::Kind::other;
      advance();
    }
    if (!take(Kind::string, "the text of the comment", made.text)) return false;
    if (made.target.kind == Target::Kind::message || made.target.kind == Target::Kind::signal)
      result_.comments.push_back(made);
    return end();
  }

  /// BU_ node, BO_ id, SG_ id signal, EV_ variable, or nothing. A part may be missing.
  void target(Target& target) {
    target.line = line();
    if (!is_object(now()) || starts_statement(now())) return;
    const std::string_view kind = now().text;
    advance();
    target.kind = kind == "BU_"   ? Target::Kind::node
                  : kind == "BO_" ? Target::Kind::message
                  : kind == "SG_" ? Target::Kind::signal
                                  : Target::Kind::other;
    const bool numbered = kind == "BO_" || kind == "SG_";
    if (numbered && !number(target.id)) target.kind = Target::Kind::other;
    if (kind == "BO_") return;
    if (now().kind != Kind::word) target.kind = Target::Kind::other;
    if (now().kind == Kind::word) target.name = now().text, advance();
  }
  bool attribute() {
    AttributeStatement made;
    std::string_view name;
    if (!take(Kind::string, "the name of an attribute", name)) return false;
    const Attribute* known = find_attribute(name);
    if (!known) return rest();
    target(made.target);
    made.attribute = *known;
    if (now().kind != Kind::string && now().kind != Kind::number)
      return expected("the value of the attribute");
    made.value = now().text;
    advance();
    result_.attributes.push_back(made);
    return end();
  }
  bool definition() {
    if (is_object(now()) && !starts_statement(now())) advance();
    std::string_view name;
    if (!take(Kind::string, "the name of an attribute", name)) return false;
    const Attribute* known = find_attribute(name);
    if (!known || !now().is_word("ENUM")) return rest();
    advance();
    auto& words = result_.definitions[*known].words;
    words.clear();
    for (; now().kind == Kind::string || now().is(','); advance())
      if (now().kind == Kind::string) words.push_back(now().text);
    return rest();
  }
  bool preset() {
    std::string_view name;
    if (!take(Kind::string, "the name of an attribute", name)) return false;
    const Attribute* known = find_attribute(name);
    if (!known || (now().kind != Kind::string && now().kind != Kind::number)) return rest();
    auto& definition = result_.definitions[*known];
    definition.preset = now().text;
    definition.has_preset = true;
    return rest();
  }

  bool type() {
    TypeStatement made;
    if (!signal_target(made.target)) return false;
    if (now().is(':')) advance();
    if (!whole(made.type, "the type of a signal")) return false;
    result_.types.push_back(made);
    return end();
  }
  bool multiplexing() {
    MultiplexStatement made;
    if (!signal_target(made.target) ||
        !take(Kind::word, "the name of a multiplexer", made.parent) || !ranges(made.when))
      return false;
    result_.multiplexing.push_back(std::move(made));
    return end();
  }
  bool ranges(std::vector<RawRange>& when) {
    RawRange range;
    do {
      if (now().is(',')) advance();
      if (!whole(range.first, "the first value of a range") || !symbol('-') ||
          !whole(range.last, "the last value of a range"))
        return false;
      if (range.first > range.last) std::swap(range.first, range.last);
      when.push_back(range);
    } while (now().is(',') || now().kind == Kind::number);
    return true;
  }
  bool senders() {
    SendersStatement made;
    made.target = {.kind = Target::Kind::message, .line = line()};
    if (!whole(made.target.id, "the id of a message")) return false;
    for (; now().is(':') || now().is(',') || at_word(); advance())
      if (now().kind == Kind::word) made.nodes.push_back(now().text);
    result_.senders.push_back(std::move(made));
    return end();
  }

  Statements result_;
  std::size_t signals_ = 0;
  bool any_ = false;
  bool inside_ = false;  // the last BO_ was right, and takes signals
};

}  // namespace

Statements parse_statements(std::string_view text, Warnings& warnings) {
  return Parser(text, warnings).run();
}

std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] != '\\' || text.substr(at + 1, 1) != "\"") plain += text[at];
  return plain;
}

}  // namespace can::signals
