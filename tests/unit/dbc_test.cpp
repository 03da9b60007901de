// SPDX-License-Identifier: MIT
// Reading DBC files: what they say, and what is told of what is wrong.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "cansuite/error.h"
#include "cansuite/signals.h"
#include "libcan/signals/description.h"
#include "tests/signals_support.h"

using namespace can;
using namespace can::signals;

namespace {

std::string again(std::string_view text) {
  const auto number = parse_decimal(text);
  return number ? to_string(*number) : "none";
}

const Signal& only_signal(const Parsed& parsed) {
  return parsed.database->messages.at(0).signals.at(0);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("decimals are read and written without rounding", "[signals]") {
  CHECK(again("0.1") == "0.1");
  CHECK(again("-.25") == "-0.25");
  CHECK(again("+12.") == "12");
  CHECK(again("1.500") == "1.5");
  CHECK(again("-0") == "0");
  CHECK(again("4.4E+481") == "44e480");
  CHECK(again("1e-7") == "0.0000001");
  CHECK(again("18446744073709551615") == "18446744073709551615");
  CHECK(again("0.00390625") == "0.00390625");
  CHECK(again("1e999999999999999999999") == "1e100000");
  for (const char* wrong : {"", "-", ".", "1e", "1e+", "0x10", "1,5", "1.2.3"})
    CHECK(again(wrong) == "none");
  CHECK(to_double(*parse_decimal("65.535")) == 65.535);
  CHECK(to_double(*parse_decimal("4.4E+481")) == std::numeric_limits<double>::infinity());
  CHECK(to_double(*parse_decimal("1e-400")) == 0);
  CHECK(to_double(*parse_decimal("1.7976931348623157e308")) == 1.7976931348623157e308);
}

TEST_CASE("a DBC file defines messages and signals", "[signals]") {
  const Parsed parsed(R"(VERSION "1"
NS_ :
	NS_DESC_
	CM_
	VAL_
BS_:
BU_: A B
VAL_TABLE_ OnOff 1 "On" 0 "Off" ;
BO_ 2147483649 Long_12: 12 A
 SG_ speed m3M : 7|16@0- (0.25,-10) [-40|215.5] "km/h"  A,B
BO_TX_BU_ 2147483649 : A,B;
CM_ BO_ 2147483649 "of two
lines; and BO_ 5";
CM_ SG_ 2147483649 speed "says \"fast\"";
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","StandardCAN_FD","ExtendedCAN_FD","J1939PG";
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 1e+09;
BA_DEF_DEF_ "GenMsgCycleTime" 20;
BA_ "VFrameFormat" BO_ 2147483649 3;
BA_ "SPN" SG_ 2147483649 speed 84;
BA_ "GenSigStartValue" SG_ 2147483649 speed -4;
BA_ "SystemMessageLongSymbol" BO_ 2147483649 "Long message";
BA_ "SystemSignalLongSymbol" SG_ 2147483649 speed "speed of the wheel";
BA_ "SystemNodeLongSymbol" BU_ A "Node A";
VAL_ 2147483649 speed 2 "two" -1 "minus
one" ;
)");
  CHECK(parsed.warnings == Lines{"x.dbc:10: signal 'speed': its multiplexer is unknown; it is not "
                                 "decoded"});
  REQUIRE(parsed.database->messages.size() == 1);
  const MessageDefinition& message = parsed.database->messages[0];
  CHECK(message.name == "Long message");
  CHECK(message.short_name == "Long_12");
  CHECK((message.id == 1 && message.extended && message.length == 12 && message.fd));
  CHECK(message.comment == "of two\nlines; and BO_ 5");
  CHECK(message.senders == Lines{"Node A", "B"});
  CHECK(to_string(message.cycle.value()) == "20");
  CHECK(message.line == 9);
  const Signal& signal = message.signals.at(0);
  CHECK(signal.name == "speed of the wheel");
  CHECK((signal.start == 7 && signal.length == 16 && signal.order == ByteOrder::big));
  CHECK((signal.is_signed && signal.multiplexing == "m3M" && signal.spn == 84u));
  CHECK(to_string(signal.offset) == "-10");
  CHECK(to_string(signal.maximum) == "215.5");
  CHECK(to_string(signal.start_value.value()) == "-4");
  CHECK(signal.unit == "km/h");
  CHECK(signal.comment == "says \"fast\"");
  REQUIRE(signal.values.size() == 2);
  CHECK((signal.values[0].negative && signal.values[0].text == "minus\none"));
  REQUIRE(parsed.database->tables.size() == 1);
  CHECK(parsed.database->tables[0].values[1].text == "On");
}

TEST_CASE("white space and line ends have no meaning", "[signals]") {
  for (const std::string end : {"\n", "\r\n", "\r", " "}) {
    const Parsed parsed("VERSION \"x\"" + end + "BU_:A B" + end + "BO_ 5 T:8 A" + end +
                        "SG_ a:0|8@1+(1,0)[0|0]\"\"B" + end +
                        "\tSG_\tb : 8 | 8 @ 1 - ( 2 , -3 ) [ 0 | 0 ] \"u\" A , B" + end +
                        "VAL_ 5 a 1\"one\"0\"zero\"" + end + ";");
    CHECK(parsed.warnings.empty());
    const auto& signals = parsed.database->messages.at(0).signals;
    REQUIRE(signals.size() == 2);
    CHECK(signals[0].values.size() == 2);
    CHECK((signals[1].is_signed && to_string(signals[1].offset) == "-3"));
  }
}

TEST_CASE("what is wrong in a DBC file is told by its line, and the rest is kept", "[signals]") {
  const auto warnings = [](const std::string& text) { return Parsed(text).warnings; };
  const std::string good = " SG_ a : 0|8@1+ (1,0) [0|0] \"\" B";
  CHECK(warnings(message_with(" SG_ x : 8|x@1+ (1,0) [0|0] \"\" B\n" + good)) ==
        Lines{"x.dbc:3: expected the number of bits, got 'x'"});
  CHECK(warnings(message_with(good, "FOO_ 1 2;\nVAL_ 5 a 1 \"one\" ;")) ==
        Lines{"x.dbc:4: expected a statement, got 'FOO_'"});
  CHECK(warnings(message_with(good, "VAL_ 5 a 1 \"one\"\nCM_ \"text\";")) ==
        Lines{"x.dbc:5: expected ';', got 'CM_'"});
  CHECK(warnings(message_with(good, "VAL_ 5 a 1 \"one\" 2 \"t")) ==
        Lines{"x.dbc:4: expected the text of a value, got a text without its end"});
  CHECK(
      warnings(message_with(good, "VAL_ 5 b 1 \"one\";\nVAL_ 6 a 1 \"one\";")) ==
      Lines{"x.dbc:4: no message 5 with a signal 'b'", "x.dbc:5: no message 6 with a signal 'a'"});
  CHECK(warnings(
            message_with(good, "BO_ 4096 E: 8 A\nBO_ 3221225472 V: 0 A\nBO_ 1073741824 R: 8 A")) ==
        Lines{"x.dbc:4: id 4096 is read as extended: a standard id is at most 2047",
              "x.dbc:6: an id has at most 29 bits, got 1073741824"});
  CHECK(warnings(message_with(good, "BO_ 5 Again: 8 A\n" + good + "\n" + good)) ==
        Lines{"x.dbc:4: a second message with id 5; the first counts",
              "x.dbc:6: a second signal 'a' in message 'Again'"});
  CHECK(warnings(message_with(" SG_ a : 60|8@1+ (1,0) [0|0] \"\" B")) ==
        Lines{"x.dbc:3: signal 'a' leaves the message; it is not decoded"});
  CHECK(warnings(message_with(" SG_ a m : 0|8@1+ (0,0) [0|0] \"\" B")) ==
        Lines{"x.dbc:3: signal 'a': expected M, mN or mNM, got 'm'; it is not decoded",
              "x.dbc:3: signal 'a' has the factor 0"});
  CHECK(warnings(message_with(good, "SIG_VALTYPE_ 5 a : 1;")) ==
        Lines{"x.dbc:3: signal 'a' is a float of another length; it is not decoded"});
  CHECK(warnings(message_with(good, "SG_MUL_VAL_ 5 a b 1-1;")) ==
        Lines{"x.dbc:4: no message 5 with signals 'a' and 'b'"});
}

TEST_CASE("what a DBC file needn't have to be understood is skipped", "[signals]") {
  const Parsed parsed(message_with(" SG_ 0_a : 4|8@1+ (.25,0) [0|0] \"\" B // a remark",
                                   R"(EV_ Var: 0 [0|0] "" 0 0 DUMMY_NODE_VECTOR0 A, B;
ENVVAR_DATA_ Var: 399;
VAL_ Var 0 "x" ;
CM_ SG_ 5 "without a signal";
CM_ 5 "without a kind";
BA_DEF_ BO_ "Receivable" BOOL False True;
SIG_GROUP_ 5 group 1 : 0_a;
BA_DEF_REL_ BU_SG_REL_ "x" INT 0 1;
CAT_DEF_ 1 x 1;)"));
  CHECK(parsed.warnings.empty());
  CHECK(to_string(only_signal(parsed).factor) == "0.25");
}

TEST_CASE("texts are UTF-8 or Windows-1252", "[signals]") {
  const auto unit = [](const std::string& text) {
    return only_signal(Parsed(message_with(" SG_ a : 0|8@1+ (1,0) [0|0] \"" + text + "\" B"))).unit;
  };
  CHECK(unit("\xC2\xB0"
             "C") == "\u00B0C");
  CHECK(unit("\xB0"
             "C \x80") == "\u00B0C \u20AC");
  const Parsed marked("\xEF\xBB\xBFVERSION \"\"\nBO_ 1 A: 8 B");
  CHECK((marked.warnings.empty() && marked.database->messages.size() == 1));
}

TEST_CASE("a file that is no DBC file is refused", "[signals]") {
  for (const char* text : {"", "  \n\n", "<!DOCTYPE html>\n<html>", "TITLE,ID,NAME\nEngine,1,2",
                           "version https://example.org/spec/v1\noid sha256:12\n"})
    CHECK_THROWS_WITH(parse_dbc(text, "x.dbc"), "x.dbc: not a DBC file: it has no statement");
  CHECK_THROWS_WITH(load_dbc("/no/such.dbc"), Catch::StartsWith("/no/such.dbc: "));
  CHECK_THROWS_AS(load_dbc(std::filesystem::temp_directory_path()), Error);
}

TEST_CASE("hostile DBC files take bounded time and memory", "[signals]") {
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(parse_dbc(std::string(100 << 20, 'x'), "x.dbc"),
                    "x.dbc: a DBC file has at most 32 MiB");
  CHECK_THROWS_WITH(load_dbc("/dev/zero"), "/dev/zero: a DBC file has at most 32 MiB");
  std::string many = "BO_ 1 A: 8 B\n";
  for (int i = 0; i < 500'001; ++i) many += "SG_ a:0|1@1+(1,0)[0|0]\"\"B\n";
  CHECK_THROWS_WITH(parse_dbc(many, "x.dbc"), "x.dbc:500002: over 500000 signals");
  many.clear();
  for (int i = 0; i < 100'001; ++i) many += "BO_ 1 A: 8 B\n";
  CHECK_THROWS_WITH(parse_dbc(many, "x.dbc"), "x.dbc:100001: over 100000 messages");
  for (const char* part :
       {"(", "\"", "BO_ ", "VAL_ 1 a ", "1 \"", "x\n", "\\\"", "CM_ \"", "/*", "-"}) {
    std::string deep = "BO_ 1 A: 8 B\n";
    while (deep.size() < 4 << 20) deep += part;
    std::size_t told = 0;
    parse_dbc(deep, "x.dbc", [&](const std::string&) { ++told; });
    CHECK(told <= kMaxWarnings + 1);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

TEST_CASE("multiplexers that multiplex each other are not decoded", "[signals]") {
  std::string chain, lines;
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "s" + std::to_string(i), next = "s" + std::to_string((i + 1) % 10'000);
    chain += " SG_ " + name + " m0M : 0|8@1+ (1,0) [0|0] \"\" B\n";
    lines += "SG_MUL_VAL_ 5 " + name + " " + next + " 0-0;\n";
  }
  Parsed parsed(message_with(chain, lines));
  Decoder decoder(parsed.database);
  Message message;
  message.id = 5;
  message.length = 8;
  CHECK(decoder.decode(message).values.empty());
}

TEST_CASE("the description of a message is JSON", "[signals]") {
  const Parsed parsed(
      message_with(" SG_ m M : 0|8@1+ (1,0) [0|0] \"\" B\n SG_ a m1 : 8|8@1+ (0.5,1) [0|9] \"V\" B",
                   "VAL_ 5 a -1 \"never\" 2 \"\\\"two\\\"\" ;\nSIG_VALTYPE_ 5 a : 0;"));
  CHECK(describe(parsed.database->messages[0]) ==
        R"({"m": "T", "id": 5, "ext": false, "len": 8, "fd": false, "senders": ["A"], "line": 2, )"
        R"("signals": [{"n": "m", "start": 0, "len": 8, "order": "le", "signed": false, )"
        R"("factor": 1, "offset": 0, "min": 0, "max": 0, "unit": "", "mux": "M"}, )"
        R"({"n": "a", "start": 8, "len": 8, "order": "le", "signed": false, "factor": 0.5, )"
        R"("offset": 1, "min": 0, "max": 9, "unit": "V", "mux": "m1", "parent": "m", )"
        R"("when": [[1, 1]], "values": [[-1, "never"], [2, "\"two\""]]}]})");
}
