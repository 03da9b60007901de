// SPDX-License-Identifier: MIT
#include "libcan/signals/cursor.h"

#include <algorithm>
#include <charconv>

#include "libcan/model/fail.h"

namespace can::signals {
namespace {

using Kind = Token::Kind;

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

bool is_whole(std::string_view text, std::uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

}  // namespace

bool is_keyword(const Token& token) {
  return token.kind == Kind::word && std::ranges::binary_search(kKeywords, token.text);
}

void Cursor::begin_statement() {
  line_ = now().line;
  advance();
}

void Cursor::resume() {
  if (at_end()) return;
  do {
    if (now().kind == Kind::cut)
      tokens_.leave_cut_string();
    else
      advance();
  } while (!at_next_statement());
}

bool Cursor::expected(std::string_view what) {
  if (!warnings_.wanted()) return false;
  const std::string got = at_end()                  ? "the end"
                          : now().kind == Kind::cut ? "a text without its end"
                                                    : quote(now().text);
  warnings_.tell(at_end() ? line_ : now().line, fmt::format("expected {}, got {}", what, got));
  return false;
}

bool Cursor::take(Kind kind, std::string_view what, std::string_view& text) {
  if (now().kind != kind) return expected(what);
  text = now().text;
  advance();
  return true;
}

bool Cursor::symbol(char wanted) {
  if (!now().is(wanted)) {
    const char quoted[] = {'\'', wanted, '\''};
    return expected({quoted, sizeof quoted});
  }
  advance();
  return true;
}

bool Cursor::number(std::uint64_t& value) {
  if (now().kind != Kind::number || !is_whole(now().text, value)) return false;
  advance();
  return true;
}

bool Cursor::whole(std::uint64_t& value, std::string_view what) {
  return number(value) || expected(what);
}

bool Cursor::decimal(Decimal& value) {
  const auto number = now().kind == Kind::number ? parse_decimal(now().text) : std::nullopt;
  if (!number) return expected("a number");
  value = *number;
  advance();
  return true;
}

bool Cursor::end() {
  if (now().is(';'))
    advance();
  else
    expected("';'");
  return true;
}

bool Cursor::rest() {
  while (now().kind != Kind::cut && !now().is(';') && !at_next_statement()) advance();
  return end();
}

}  // namespace can::signals
