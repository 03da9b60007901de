// SPDX-License-Identifier: MIT
#include "libcan/signals/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "libcan/model/fail.h"
#include "libcan/signals/decimal.h"
#include "libcan/signals/tokens.h"

namespace can::signals {
namespace {

using Kind = Token::Kind;

constexpr std::size_t kMaxMessages = 100'000, kMaxSignals = 500'000;

constexpr std::string_view kKeywords[] = {"BA_",
                                          "BA_DEF_",
                                          "BA_DEF_DEF_",
                                          "BA_DEF_DEF_REL_",
                                          "BA_DEF_REL_",
                                          "BA_DEF_SGTYPE_",
                                          "BA_REL_",
                                          "BA_SGTYPE_",
                                          "BO_",
                                          "BO_TX_BU_",
                                          "BS_",
                                          "BU_",
                                          "BU_BO_REL_",
                                          "BU_EV_REL_",
                                          "BU_SG_REL_",
                                          "CAT_",
                                          "CAT_DEF_",
                                          "CM_",
                                          "ENVVAR_DATA_",
                                          "EV_",
                                          "EV_DATA_",
                                          "FILTER",
                                          "NS_",
                                          "NS_DESC_",
                                          "SGTYPE_",
                                          "SGTYPE_VAL_",
                                          "SG_",
                                          "SG_MUL_VAL_",
                                          "SIGTYPE_VALTYPE_",
                                          "SIG_GROUP_",
                                          "SIG_TYPE_REF_",
                                          "SIG_VALTYPE_",
                                          "VAL_",
                                          "VAL_TABLE_",
                                          "VERSION"};
static_assert(std::ranges::is_sorted(kKeywords));

bool is_keyword(const Token& token) {
  return token.kind == Kind::word && std::ranges::binary_search(kKeywords, token.text);
}

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

class Parser {
 public:
  Parser(std::string_view text, Warnings& warnings) : tokens_(text), warnings_(warnings) {}

  Statements run() {
    while (now().kind != Kind::end) parse_one();
    if (!any_) fail(Errc::corrupt, "{}: not a DBC file: it has no statement", warnings_.name());
    return std::move(result_);
  }

 private:
  using Statement = bool (Parser::*)();

  const Token& now() const { return tokens_.current(); }

  void parse_one() {
    const Token start = now();
    const Statement statement = statement_of(start);
    if (!statement) {
      if (warnings_.wanted())
        warnings_.tell(start.line, fmt::format("expected a statement, got {}", quote(start.text)));
      return resume();
    }
    any_ = true;
    start_line_ = start.line;
    tokens_.advance();
    if (!(this->*statement)()) resume();
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

  /// Goes on at the next keyword at the start of a line.
  void resume() {
    if (now().kind == Kind::end) return;
    do {
      if (now().kind == Kind::cut)
        tokens_.leave_cut_string();
      else
        tokens_.advance();
    } while (!at_next_statement());
  }
  static bool starts_statement(const Token& token) {
    return token.first_on_line && is_keyword(token);
  }
  bool at_next_statement() const { return now().kind == Kind::end || starts_statement(now()); }

  // Each of these takes what it wants; otherwise warns and returns false.

  bool expected(std::string_view what) {
    if (!warnings_.wanted()) return false;
    const std::string got = now().kind == Kind::end   ? "the end"
                            : now().kind == Kind::cut ? "a text without its end"
                                                      : quote(now().text);
    const std::size_t line = now().kind == Kind::end ? start_line_ : now().line;
    warnings_.tell(line, fmt::format("expected {}, got {}", what, got));
    return false;
  }
  bool take(Kind kind, std::string_view what, std::string_view& text) {
    if (now().kind != kind) return expected(what);
    text = now().text;
    tokens_.advance();
    return true;
  }
  bool symbol(char wanted) {
    if (!now().is(wanted)) {
      const char quoted[] = {'\'', wanted, '\''};
      return expected({quoted, sizeof quoted});
    }
    tokens_.advance();
    return true;
  }
  bool whole(std::uint64_t& value, std::string_view what) {
    const std::string_view text = now().text;
    const char* const end = text.data() + text.size();
    if (now().kind != Kind::number || text.empty()) return expected(what);
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return expected(what);
    tokens_.advance();
    return true;
  }
  bool decimal(Decimal& value) {
    const auto number = now().kind == Kind::number ? parse_decimal(now().text) : std::nullopt;
    if (!number) return expected("a number");
    value = *number;
    tokens_.advance();
    return true;
  }

  /// The end of a statement: a semicolon, which may be missing before the next statement.
  bool end() {
    if (now().is(';'))
      tokens_.advance();
    else
      expected("';'");
    return true;
  }
  /// Skips to the end of the statement.
  bool rest() {
    while (now().kind != Kind::cut && !now().is(';') && !at_next_statement()) tokens_.advance();
    return end();
  }

  bool version() {
    if (now().kind == Kind::string) tokens_.advance();
    return true;
  }
  /// The names of nodes, or the bit timing.
  bool words() {
    while (now().kind != Kind::end && now().kind != Kind::cut && !is_keyword(now()))
      tokens_.advance();
    return true;
  }
  /// The list of keywords, which ends where one starts a statement.
  bool symbols() {
    if (now().is(':')) tokens_.advance();
    while (now().kind == Kind::word && !starts_section(now())) {
      const Token& next = tokens_.following();
      const bool listed = next.kind == Kind::word || next.kind == Kind::end;
      if (!listed || (!next.first_on_line && is_object(next) && !starts_section(next))) break;
      if (!next.first_on_line && is_object(next) && is_statement_about(now(), next)) break;
      tokens_.advance();
    }
    return true;
  }
  static bool starts_section(const Token& token) {
    return token.is_word("BS_") || token.is_word("BU_") || token.is_word("BO_");
  }
  static bool is_statement_about(const Token& keyword, const Token&) {
    return keyword.is_word("CM_") || keyword.is_word("BA_DEF_");
  }

  bool message() {
    inside_ = false;
    std::string_view name, sender;
    std::uint64_t id = 0, length = 0;
    const std::size_t line = start_line_;
    if (!whole(id, "the id of a message") || !take(Kind::word, "the name of a message", name) ||
        !symbol(':') || !whole(length, "the length of the message"))
      return false;
    if (now().kind == Kind::word && !is_keyword(now())) take(Kind::word, "", sender);
    auto& messages = result_.database.messages;
    if (messages.size() == kMaxMessages)
      fail(Errc::corrupt, "{}:{}: over {} messages", warnings_.name(), line, kMaxMessages);
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
    if (now().kind == Kind::word) s.multiplexing = now().text, tokens_.advance();
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
      fail(Errc::corrupt, "{}:{}: over {} signals", warnings_.name(), start_line_, kMaxSignals);
    result_.database.messages.back().signals.push_back(std::move(signal));
    result_.places.back().signal_lines.push_back(start_line_);
    return true;
  }
  bool byte_order(std::uint64_t& order) {
    if (now().text != "0" && now().text != "1") return expected("0 or 1, the byte order");
    return whole(order, "");
  }
  bool sign(bool& is_signed) {
    if (!now().is('+') && !now().is('-')) return expected("+ or -");
    is_signed = now().is('-');
    tokens_.advance();
    return true;
  }
  bool scale(Signal& s) {
    return symbol('(') && decimal(s.factor) && symbol(',') && decimal(s.offset) && symbol(')') &&
           symbol('[') && decimal(s.minimum) && symbol('|') && decimal(s.maximum) && symbol(']');
  }
  void receivers() {
    while (now().kind == Kind::word && !is_keyword(now())) {
      tokens_.advance();
      if (!now().is(',')) return;
      tokens_.advance();
    }
  }

  /// `id signal`. False without a warning where an environment variable is meant.
  bool signal_target(Target& target) {
    target.kind = Target::Kind::signal;
    target.line = start_line_;
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
      tokens_.advance();
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
      tokens_.advance();
    }
    if (!take(Kind::string, "the text of the comment", made.text)) return false;
    if (made.target.kind == Target::Kind::message || made.target.kind == Target::Kind::signal)
      result_.comments.push_back(made);
    return end();
  }

  /// BU_ node, BO_ id, SG_ id signal, EV_ variable, or nothing. A part may be missing.
  void target(Target& target) {
    target.line = start_line_;
    if (!is_object(now()) || starts_statement(now())) return;
    const std::string_view kind = now().text;
    tokens_.advance();
    target.kind = kind == "BU_"   ? Target::Kind::node
                  : kind == "BO_" ? Target::Kind::message
                  : kind == "SG_" ? Target::Kind::signal
                                  : Target::Kind::other;
    const bool numbered = kind == "BO_" || kind == "SG_";
    if (numbered && !number(target.id)) target.kind = Target::Kind::other;
    if (kind == "BO_") return;
    if (now().kind != Kind::word) target.kind = Target::Kind::other;
    if (now().kind == Kind::word) target.name = now().text, tokens_.advance();
  }
  bool number(std::uint64_t& value) {
    if (now().kind != Kind::number) return false;
    const std::string_view text = now().text;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) return false;
    tokens_.advance();
    return true;
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
    tokens_.advance();
    result_.attributes.push_back(made);
    return end();
  }
  bool definition() {
    if (is_object(now()) && !starts_statement(now())) tokens_.advance();
    std::string_view name;
    if (!take(Kind::string, "the name of an attribute", name)) return false;
    const Attribute* known = find_attribute(name);
    if (!known || !now().is_word("ENUM")) return rest();
    tokens_.advance();
    auto& words = result_.definitions[*known].words;
    words.clear();
    for (; now().kind == Kind::string || now().is(','); tokens_.advance())
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
    if (now().is(':')) tokens_.advance();
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
      if (now().is(',')) tokens_.advance();
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
    made.target = {.kind = Target::Kind::message, .line = start_line_};
    if (!whole(made.target.id, "the id of a message")) return false;
    for (; now().is(':') || now().is(',') || (now().kind == Kind::word && !is_keyword(now()));
         tokens_.advance())
      if (now().kind == Kind::word) made.nodes.push_back(now().text);
    result_.senders.push_back(std::move(made));
    return end();
  }

  Tokens tokens_;
  Warnings& warnings_;
  Statements result_;
  std::size_t start_line_ = 0, signals_ = 0;
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
