// SPDX-License-Identifier: MIT
// Encoding: values to bits, and back.
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "cansuite/error.h"
#include "cansuite/frame.h"
#include "tests/signals_support.h"

using namespace can;
using namespace can::signals;

namespace {

const std::string kEngine = message_with(
    " SG_ Speed : 0|16@1+ (0.5,0) [0|8000] \"rpm\" B\n"
    " SG_ Gear : 16|8@1- (1,0) [0|0] \"\" B\n"
    " SG_ Temperature : 31|8@0+ (1,-40) [-40|200] \"\" B\n"
    " SG_ Mode M : 32|4@1+ (1,0) [0|0] \"\" B\n"
    " SG_ a m1 : 40|8@1+ (1,0) [0|0] \"\" B\n"
    " SG_ b m2 : 40|16@1+ (-0.25,10) [0|0] \"\" B",
    "VAL_ 5 Gear -1 \"Reverse\" 0 \"Neutral\" 300 \"Too much\" ;\n"
    "BA_DEF_ SG_ \"GenSigStartValue\" INT 0 255;\n"
    "BA_ \"GenSigStartValue\" SG_ 5 Temperature 60;\nBA_ \"GenSigStartValue\" SG_ 5 a 7;\n"
    "BA_ \"GenSigStartValue\" SG_ 5 Mode 1;\nBA_ \"GenSigStartValue\" SG_ 5 Gear 5000;");

/// The bytes of "T ...", as hexadecimal digits.
std::string bytes_of(const Catalog& catalog, const std::string& text) {
  std::string digits;
  const Message message = encode(catalog, text);
  for (const std::uint8_t byte : message.payload()) digits += fmt::format("{:02x}", byte);
  return digits;
}

Catalog catalog_of(const std::string& text) {
  return {.databases = {{Parsed(text).database, {}}}, .patterns = {}};
}

/// Whether each value of the message comes back from its text. `m` is changed and changed back.
std::size_t lost_values(Decoder& decoder, Message m, std::size_t& compared) {
  std::size_t lost = 0;
  const Message before = m;
  const auto decoded = decoder.decode(m).values;
  for (const Value& value : std::vector<Value>(decoded.begin(), decoded.end())) {
    Signal free = *value.signal;  // random values are beyond limits
    free.minimum = free.maximum = {};
    if (free.factor.digits == 0) continue;
    const bool scaled =
        free.factor.digits != 1 || free.factor.exponent != 0 || free.offset.digits != 0;
    if (free.float_bits != 0 && (scaled || to_string(value) == "nan")) continue;
    const std::uint64_t raw = raw_of(free, to_string(value));
    lost += raw != value.raw;
    set_raw(m, *value.signal, ~raw);
    set_raw(m, *value.signal, raw);
    lost += !(m == before);
    ++compared;
  }
  return lost;
}

Message random_message(const MessageDefinition& definition, std::minstd_rand& random) {
  Message m;
  m.id = definition.id;
  m.extended = definition.extended;
  m.fd = definition.length > 8;
  m.length = static_cast<std::uint8_t>(std::min(definition.length, 64u));
  for (std::uint8_t& byte : m.data) byte = static_cast<std::uint8_t>(random() >> 8);
  return m;
}

void check_identity(const std::shared_ptr<const Database>& database, std::size_t& compared) {
  std::minstd_rand random(1);
  Decoder decoder(database);
  for (const MessageDefinition& definition : database->messages)
    for (int i = 0; i < 3; ++i) {
      INFO(database->name << ": " << definition.name);
      CHECK(lost_values(decoder, random_message(definition, random), compared) == 0);
    }
}

}  // namespace

TEST_CASE("a message is encoded from values, with start values for the rest", "[signals]") {
  const Catalog catalog = catalog_of(kEngine);
  CHECK(bytes_of(catalog, "T") == "0000003c01070000");
  CHECK(bytes_of(catalog, "T Speed=850.5 Gear=Reverse") == "a506ff3c01070000");
  CHECK(bytes_of(catalog, "  T   Speed=850.4  Temperature=-40 ") == "a506000001070000");
  CHECK(bytes_of(catalog, "T Gear=-128 \"Mode\"=\"3\"") == "0000803c03000000");
  CHECK(bytes_of(catalog, "T b=-0.25") == "0000003c02290000");
  CHECK(bytes_of(catalog, "T Mode=2") == "0000003c02000000");
}

TEST_CASE("values that a signal can't have are refused in words", "[signals]") {
  const Catalog catalog = catalog_of(kEngine);
  const auto refused = [&](const std::string& text, const std::string& says) {
    INFO(text);
    CHECK_THROWS_WITH(encode(catalog, text), says);
  };
  refused("T Speed=8001", "signal 'Speed': expected a value from 0 to 8000, got '8001'");
  refused("T Speed=-1", "signal 'Speed': expected a value from 0 to 8000, got '-1'");
  refused("T Gear=128", "signal 'Gear': expected a value from -128 to 127, got '128'");
  refused("T b=11", "signal 'b': expected a value from -16373.75 to 10, got '11'");
  refused("T Gear=Revers",
          "signal 'Gear': expected a number or a text of its table, got 'Revers'; "
          "did you mean 'Reverse'?");
  refused("T Gear=\"Too much\"", "signal 'Gear': has no bits for 'Too much'");
  refused("T Mode=x", "signal 'Mode': expected a number, got 'x'");
  refused("T Spee=1", "message 'T' has no signal 'Spee'; did you mean 'Speed'?");
  refused("U", "no message 'U'; did you mean 'T'?");
  refused("", "expected the name of a message, got ''");
  refused("T Speed", "expected SIGNAL=VALUE, got 'Speed'");
  refused("T \"Speed=1", "expected a second '\"' in 'T \"Speed=1'");
  refused("T a=1 b=2", "signal 'b' is not in the message with this value of 'Mode'");
  refused("T Mode=3 a=1", "signal 'a' is not in the message with this value of 'Mode'");
}

TEST_CASE("frames have the kind and the length of the message", "[signals]") {
  const Catalog catalog = catalog_of("BO_ 2147483653 X: 3 A\nBO_ 6 F: 13 A\nBO_ 7 L: 65 A\n");
  CHECK((encode(catalog, "X").extended && encode(catalog, "X").length == 3));
  CHECK((encode(catalog, "F").fd && encode(catalog, "F").length == 16));
  CHECK_THROWS_WITH(encode(catalog, "L"), "message 'L': no frame can hold it");
}

TEST_CASE("a signal is set only in a frame that has it", "[signals]") {
  const Parsed parsed(kEngine);
  const Signal& gear = parsed.database->messages[0].signals[1];
  Message message = frame(5, {1, 2});
  CHECK_FALSE(set_raw(message, gear, 3));
  CHECK(message == frame(5, {1, 2}));
  message = frame(5, {1, 2, 0xFF});
  CHECK(set_raw(message, gear, 3));
  CHECK(message == frame(5, {1, 2, 3}));
}

TEST_CASE("encoding what was decoded gives the same bits", "[signals]") {
  std::minstd_rand random(2);
  const auto below = [&](std::uint32_t end) {
    return static_cast<std::uint32_t>(random() >> 8) % end;
  };
  MessageDefinition message{.name = "T", .id = 5, .extended = false, .length = 64};
  for (int i = 0; i < 3000; ++i) {
    Signal s;
    s.length = 1 + below(64);
    s.order = below(2) ? ByteOrder::big : ByteOrder::little;
    const std::uint32_t first = below(64 * 8 - s.length + 1);
    s.start = s.order == ByteOrder::big ? first / 8 * 8 + 7 - first % 8 : first;
    s.is_signed = below(2);
    if (below(2))
      s.factor =
          s.offset = {.digits = 1 + below(100000), .exponent = -4, .negative = below(2) == 1};
    message.signals.push_back(s);
  }
  std::size_t compared = 0;
  check_identity(
      std::make_shared<const Database>(Database{.name = "x", .messages = {message}, .tables = {}}),
      compared);
  CHECK(compared == 9000);
}

TEST_CASE("every signal of real files comes back", "[signals]") {
  const char* const corpus = std::getenv("CANSUITE_CORPUS");
  const std::filesystem::path folder =
      std::filesystem::path(corpus ? corpus : CANSUITE_SOURCE_DIR "/../shared/corpus") /
      "dbc/files";
  std::size_t compared = 0;
  check_identity(
      std::make_shared<const Database>(load_dbc(CANSUITE_SOURCE_DIR "/examples/drive.dbc")),
      compared);
  CHECK(compared > 30);
  if (!std::filesystem::exists(folder)) {
    WARN("no corpus of real DBC files beside the project");
    return;
  }
  for (const auto& file : std::filesystem::directory_iterator(folder)) try {
      check_identity(std::make_shared<const Database>(load_dbc(file.path())), compared);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("not a DBC file") != std::string::npos);
    }
  CHECK(compared > 90'000);
}
