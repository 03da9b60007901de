// SPDX-License-Identifier: MIT
// Decoding: which bits a signal has, what they mean, and when it is present.
#include "cansuite/signals.h"

#include <bit>
#include <catch2/catch.hpp>
#include <random>

#include "cansuite/frame.h"
#include "tests/signals_support.h"

using namespace can;
using namespace can::signals;

namespace {

/// What the signal on this line says of the bytes.
std::string value_of(const std::string& line, std::initializer_list<std::uint8_t> data,
                     const std::string& rest = "") {
  Parsed parsed(message_with(" SG_ " + line + " \"\" B", rest));
  Decoder decoder(parsed.database);
  return decoded_text(decoder, frame(5, data));
}

/// The bits of a signal one by one: how the documents of the format define them.
std::uint64_t bit_by_bit(const Signal& s, std::span<const std::uint8_t> data) {
  std::uint64_t raw = 0;
  std::uint32_t at = s.start;
  for (std::uint32_t i = 0; i < s.length; ++i) {
    const std::uint64_t bit = data[at / 8] >> at % 8 & 1;
    if (s.order == ByteOrder::little) {
      raw |= bit << i;
      ++at;
    } else {
      raw = raw << 1 | bit;
      at = at % 8 == 0 ? at + 15 : at - 1;
    }
  }
  if (s.is_signed && s.length > 0 && s.length < 64 && (raw >> (s.length - 1) & 1) != 0)
    raw |= ~0ull << s.length;
  return raw;
}

/// Numbers with few and many digits, and zeros at both ends.
std::vector<std::uint64_t> edges() {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t power = 1; power <= 1'000'000'000'000'000'000; power *= 10)
    for (const std::uint64_t n : {power - 1, power, power + 1, 3 * power, 3 * power + power / 100})
      numbers.push_back(n);
  std::minstd_rand random(1);
  for (int i = 0; i < 500; ++i) numbers.push_back(random() % 100'000'000);
  return numbers;
}

/// digits / 10^places, by shifting characters.
std::string written_out(std::uint64_t digits, int places, bool minus) {
  const auto count = static_cast<std::size_t>(places);
  std::string text = std::to_string(digits);
  if (text.size() <= count) text.insert(0, count + 1 - text.size(), '0');
  text.insert(text.size() - count, 1, '.');
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return minus && digits != 0 ? "-" + text : text;
}

const std::string kNested = message_with(
    " SG_ late m2 : 24|8@1+ (1,0) [0|0] \"\" B\n"
    " SG_ Top M : 0|8@1+ (1,0) [0|0] \"\" B\n"
    " SG_ Sub m1M : 8|8@1+ (1,0) [0|0] \"\" B\n"
    " SG_ leaf m3 : 16|8@1+ (1,0) [0|0] \"\" B\n"
    " SG_ always : 32|8@1+ (1,0) [0|0] \"\" B",
    "SG_MUL_VAL_ 5 Sub Top 1-1, 5-7;\nSG_MUL_VAL_ 5 leaf Sub 3-3;\n");

}  // namespace

TEST_CASE("signals have the bits that the file names, at any place and length", "[signals]") {
  std::minstd_rand generator(1);
  const auto random = [&] { return static_cast<std::uint32_t>(generator() >> 8); };
  Database database{.name = "x", .messages = {}, .tables = {}};
  MessageDefinition message{.name = "T", .id = 5, .extended = false, .length = 64};
  for (int i = 0; i < 20'000; ++i) {
    Signal s;
    s.length = 1 + random() % 64;
    s.order = random() % 2 ? ByteOrder::big : ByteOrder::little;
    const std::uint32_t first = random() % (64 * 8 - s.length + 1);
    s.start = s.order == ByteOrder::big ? first / 8 * 8 + 7 - first % 8 : first;
    s.is_signed = random() % 2;
    message.signals.push_back(s);
  }
  database.messages.push_back(message);
  Decoder decoder(std::make_shared<const Database>(database));
  Message frame;
  frame.id = 5;
  frame.fd = true;
  frame.length = 64;
  for (std::uint8_t& byte : frame.data) byte = static_cast<std::uint8_t>(random());
  const auto values = decoder.decode(frame).values;
  REQUIRE(values.size() == message.signals.size());
  std::size_t wrong = 0;
  for (const Value& value : values) wrong += value.raw != bit_by_bit(*value.signal, frame.data);
  CHECK(wrong == 0);
}

TEST_CASE("a physical value is the exact decimal", "[signals]") {
  CHECK(value_of("a : 0|8@1+ (0.1,0) [0|0]", {123}) == "a=12.3");
  CHECK(value_of("a : 0|16@1- (0.01,0) [0|0]", {0xFF, 0xFF}) == "a=-0.01");
  CHECK(value_of("a : 0|8@1+ (0.5,-40) [0|0]", {80}) == "a=0");
  CHECK(value_of("a : 0|8@1+ (-0.25,10.1) [0|0]", {41}) == "a=-0.15");
  CHECK(value_of("a : 0|8@1+ (100,1e3) [0|0]", {3}) == "a=1300");
  CHECK(value_of("a : 0|8@1+ (1E-10,0) [0|0]", {7}) == "a=0.0000000007");
  CHECK(value_of("a : 0|8@1+ (1E+40,0) [0|0]", {7}) == "a=7e40");
  CHECK(value_of("a : 0|8@1+ (1E+40,0.5) [0|0]", {7}) == "a=7e+40");  // as a double
  CHECK(value_of("a : 0|64@1+ (1,0) [0|0]", {255, 255, 255, 255, 255, 255, 255, 255}) ==
        "a=18446744073709551615");
  CHECK(value_of("a : 7|64@0- (1,0) [0|0]", {128, 0, 0, 0, 0, 0, 0, 0}) ==
        "a=-9223372036854775808");
  CHECK(value_of("a : 0|64@1+ (0.001,-1) [0|0]", {255, 255, 255, 255, 255, 255, 255, 255}) ==
        "a=18446744073709550.615");
  CHECK(value_of("a : 0|64@1+ (18446744073709551615,-18446744073709551615) [0|0]",
                 {255, 255, 255, 255, 255, 255, 255, 255}) ==
        "a=340282366920938463408034375210639556610");
  CHECK(value_of("a : 0|1@1- (1,0) [0|0]", {1}) == "a=-1");
}

TEST_CASE("a decimal is the same, written by eight digits at a time and one by one", "[signals]") {
  std::size_t wrong = 0;
  for (const std::uint64_t digits : edges())
    for (int places = 0; places <= 12; ++places)
      for (const bool minus : {false, true}) {
        Signal s{.length = 64};
        s.factor = {.digits = 1, .exponent = -places, .negative = minus};
        s.offset.exponent = -places;
        wrong += to_string(Value{&s, digits, 0}) != written_out(digits, places, minus);
      }
  CHECK(wrong == 0);
}

TEST_CASE("floats are their shortest text", "[signals]") {
  const auto number = [](std::uint32_t bits, const std::string& scale = "(1,0)") {
    const auto b = [&](int i) { return static_cast<std::uint8_t>(bits >> 8 * i); };
    return value_of("a : 0|32@1- " + scale + " [0|0]", {b(0), b(1), b(2), b(3)},
                    "SIG_VALTYPE_ 5 a : 1;");
  };
  CHECK(number(0x3F800000) == "a=1");
  CHECK(number(0x3DCCCCCD) == "a=0.10000000149011612");
  CHECK(number(0x7F800000) == "a=inf");
  CHECK(number(0xFF800000) == "a=-inf");
  CHECK(number(0xFFC00000) == "a=nan");
  CHECK(number(0x3FC00000, "(2,0.5)") == "a=3.5");
  const auto bits = std::bit_cast<std::array<std::uint8_t, 8>>(-0.1);
  CHECK(value_of("a : 0|64@1- (1,0) [0|0]",
                 {bits[0], bits[1], bits[2], bits[3], bits[4], bits[5], bits[6], bits[7]},
                 "SIG_VALTYPE_ 5 a : 2;") == "a=-0.1");
  CHECK(value_of("a : 0|32@1+ (1,0) [0|0]", {0, 0, 128, 63}, "SIG_VALTYPE_ 5 a : 0;") ==
        "a=1065353216");
}

TEST_CASE("value tables go by the raw value", "[signals]") {
  const std::string table = "VAL_ 5 a 20 \"Twenty\" -1 \"Minus\" 255 \"Last\" 20 \"Later\" ;";
  CHECK(value_of("a : 0|8@1+ (0.5,-10) [0|0]", {20}, table) == "a=0:Later");
  CHECK(value_of("a : 0|8@1+ (1,0) [0|0]", {255}, table) == "a=255:Last");
  CHECK(value_of("a : 0|8@1- (1,0) [0|0]", {255}, table) == "a=-1:Minus");
  CHECK(value_of("a : 0|8@1+ (1,0) [0|0]", {19}, table) == "a=19");
  const std::string dense = "VAL_ 5 a 2 \"Two\" 0 \"Zero\" 1 \"One\" 5 \"Five\" ;";
  CHECK(value_of("a : 0|8@1+ (1,0) [0|0]", {1}, dense) == "a=1:One");
  CHECK(value_of("a : 0|8@1+ (1,0) [0|0]", {2}, dense) == "a=2:Two");
  CHECK(value_of("a : 0|8@1+ (1,0) [0|0]", {3}, dense) == "a=3");
  CHECK(value_of("a : 0|8@1+ (1,0) [0|0]", {5}, dense) == "a=5:Five");
  const std::string both = "VAL_ 5 a -1 \"Minus\" 1 \"One\" ;";
  CHECK(value_of("a : 0|8@1- (1,0) [0|0]", {1}, both) == "a=1:One");
  CHECK(value_of("a : 0|8@1- (1,0) [0|0]", {0}, both) == "a=0");
}

TEST_CASE("values out of the signal's limits are known", "[signals]") {
  const auto within = [](const std::string& limits, std::uint8_t raw) {
    Parsed parsed(message_with(" SG_ a : 0|8@1+ (0.1,0) " + limits + " \"\" B"));
    Decoder decoder(parsed.database);
    return in_range(decoder.decode(frame(5, {raw})).values[0]);
  };
  CHECK(within("[0|0]", 255));
  CHECK(within("[1.3|25.4]", 13));
  CHECK(within("[1.3|25.4]", 254));
  CHECK_FALSE(within("[1.3|25.4]", 12));
  CHECK_FALSE(within("[1.3|25.4]", 255));
  const Signal real{.length = 64, .float_bits = 64};
  CHECK_FALSE(in_range({&real, std::bit_cast<std::uint64_t>(std::nan("")), 0}));
}

TEST_CASE("a signal is present by its multiplexer's value, in any order of the file", "[signals]") {
  Parsed parsed(kNested);
  REQUIRE(parsed.warnings.empty());
  Decoder decoder(parsed.database);
  const auto text = [&](std::uint8_t top, std::uint8_t sub) {
    return decoded_text(decoder, frame(5, {top, sub, 7, 8, 9}));
  };
  CHECK(text(0, 3) == "Top=0 always=9");
  CHECK(text(1, 3) == "Top=1 Sub=3 leaf=7 always=9");
  CHECK(text(1, 4) == "Top=1 Sub=4 always=9");
  CHECK(text(6, 3) == "Top=6 Sub=3 leaf=7 always=9");
  CHECK(text(2, 3) == "late=8 Top=2 always=9");
  CHECK(text(200, 0) == "Top=200 always=9");
}

TEST_CASE("a frame that is too short lacks the signals behind its end", "[signals]") {
  Parsed parsed(kNested);
  Decoder decoder(parsed.database);
  CHECK(decoded_text(decoder, frame(5, {1, 3, 7})) == "Top=1 Sub=3 leaf=7");
  CHECK(decoded_text(decoder, frame(5, {1, 3})) == "Top=1 Sub=3");
  CHECK(decoded_text(decoder, frame(5, {1})) == "Top=1");
  CHECK(decoded_text(decoder, frame(5, {})) == "");
  CHECK(decoded_text(decoder, remote_frame(5, 8)) == "");
  CHECK(decoded_text(decoder, frame(6, {1})) == "no message");
  Message error = frame(5, {1, 2, 3});
  error.error = true;
  CHECK(decoded_text(decoder, error) == "no message");
}

TEST_CASE("a database may hold for one channel", "[signals]") {
  const auto with_name = [](const std::string& name) {
    return Parsed("BO_ 5 " + name + ": 8 A\n SG_ " + name + " : 0|8@1+ (1,0) [0|0] \"\" B")
        .database;
  };
  Decoder decoder(Catalog{.databases = {{with_name("one"), Channel("can0")}, {with_name("two")}}});
  Message message = frame(5, {7});
  CHECK(decoded_text(decoder, message) == "two=7");
  message.channel = Channel("can0");
  CHECK(decoded_text(decoder, message) == "one=7");
  message.channel = Channel("1");  // the same channel
  CHECK(decoded_text(decoder, message) == "one=7");
  message.channel = Channel("can1");
  CHECK(decoded_text(decoder, message) == "two=7");
}

TEST_CASE("patterns select signals, of a message or by name", "[signals]") {
  const MessageDefinition message{.name = "Engine"};
  const Signal signal{.name = "Speed"};
  const auto selected = [&](std::vector<std::string> patterns) {
    return selects({.databases = {}, .patterns = std::move(patterns)}, message, signal);
  };
  for (const char* yes :
       {"Engine", "Eng*", "Speed", "S?eed", "Engine.Speed", "*.Speed", "*", "E*.*d"})
    CHECK(selected({"x", yes}));
  for (const char* no : {"", "engine", "Engine.", "Spee", "Speed?", "Brake.Speed", "*x*"})
    CHECK_FALSE(selected({no}));
  CHECK(selected({}));
}

TEST_CASE("signals that are not selected still decide which others are present", "[signals]") {
  Parsed parsed(kNested);
  Decoder decoder(Catalog{.databases = {{parsed.database}}, .patterns = {"leaf"}});
  CHECK(decoder.signals().size() == 1);
  CHECK(decoded_text(decoder, frame(5, {1, 3, 7})) == "leaf=7");
  CHECK(decoded_text(decoder, frame(5, {0, 3, 7})) == "");
}

TEST_CASE("a parameter group of J1939 is found with any source and priority", "[signals]") {
  const auto group = [](std::uint32_t id, const std::string& name) {
    return "BO_ " + std::to_string(id | 0x80000000u) + " " + name + ": 8 A\n SG_ " + name +
           " : 0|8@1+ (1,0) [0|0] \"\" B\nBA_ \"VFrameFormat\" BO_ " +
           std::to_string(id | 0x80000000u) + " 3;\n";
  };
  Parsed parsed(group(0x0CF004FE, "EEC1") + group(0x18EA00FE, "Request") +
                group(0x0CF00411, "Own") + "BO_ 2147484159 Plain: 8 A\n");
  Decoder decoder(parsed.database);
  const auto text = [&](std::uint32_t id) {
    return decoded_text(decoder, extended_frame(id, {7}));
  };
  CHECK(text(0x0CF004FE) == "EEC1=7");
  CHECK(text(0x18F00400) == "EEC1=7");
  CHECK(text(0x0CF00411) == "Own=7");       // the exact id counts first
  CHECK(text(0x18EA2103) == "Request=7");   // to 0x21
  CHECK(text(0x18F00500) == "no message");  // another group
  CHECK(text(0x000002FF) == "no message");  // Plain is no parameter group
  CHECK(decoded_text(decoder, frame(0x4FE, {7})) == "no message");
}
