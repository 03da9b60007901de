// SPDX-License-Identifier: MIT
#include "libcan/signals/condition.h"

#include <catch2/catch.hpp>

#include "cansuite/frame.h"
#include "libcan/model/fail.h"

using namespace can;
using signals::Condition;

namespace {

signals::Catalog catalog() {
  constexpr std::string_view kDbc = R"(BU_: A
BO_ 291 Engine: 8 A
 SG_ Speed : 0|16@1+ (0.5,0) [0|8000] "rpm" A
 SG_ Gear : 16|8@1- (1,0) [-1|6] "" A
 SG_ Load : 24|32@1- (1,0) [0|0] "" A
BO_ 292 Brake: 4 A
 SG_ Pressure : 0|8@1+ (1,0) [0|0] "bar" A
 SG_ Speed : 8|8@1+ (1,0) [0|0] "" A
SIG_VALTYPE_ 291 Load : 1;
VAL_ 291 Gear -1 "Reverse" 0 "Neutral gear" 6 "Inf" ;
)";
  return {.databases = {{std::make_shared<const signals::Database>(
              signals::parse_dbc(kDbc, "body.dbc"))}},
          .patterns = {}};
}

Message engine(unsigned speed, int gear = 1) {
  return frame(0x123, {static_cast<std::uint8_t>(speed * 2 & 0xFF),
                       static_cast<std::uint8_t>(speed * 2 >> 8), static_cast<std::uint8_t>(gear)});
}

std::string refusal(std::string_view text) {
  try {
    Condition(catalog(), text);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

}  // namespace

TEST_CASE("condition: the operators compare a signal's last value with a number") {
  const auto holds = [](std::string_view text, unsigned speed) {
    return Condition(catalog(), text).add(engine(speed));
  };
  for (const unsigned speed : {2999u, 3000u, 3001u}) {
    CHECK(holds("Engine.Speed > 3000", speed) == (speed > 3000));
    CHECK(holds("Engine.Speed>=3000", speed) == (speed >= 3000));
    CHECK(holds("Engine.Speed < 3e3", speed) == (speed < 3000));
    CHECK(holds("Engine.Speed <=3000", speed) == (speed <= 3000));
    CHECK(holds("\"Engine.Speed\" == 3000", speed) == (speed == 3000));
    CHECK(holds("Engine.Speed != 3000", speed) == (speed != 3000));
  }
}

TEST_CASE("condition: && binds more tightly than ||") {
  Condition condition(catalog(), "Engine.Speed > 3000 && Gear == 2 || Pressure > 5");
  CHECK(!condition.add(engine(3001, 1)));
  CHECK(condition.add(engine(3001, 2)));
  CHECK(!condition.add(engine(0, 2)));
  CHECK(condition.add(frame(0x124, {6, 0})));
  CHECK(condition.add(engine(0, 0)));  // the pressure is still what it was
  CHECK(!condition.add(frame(0x124, {5, 0})));
}

TEST_CASE("condition: brackets bind more tightly than && and ||") {
  const auto holds = [](std::string_view text, unsigned speed, int gear, std::uint8_t pressure) {
    Condition condition(catalog(), text);
    condition.add(frame(0x124, {pressure, 0}));
    return condition.add(engine(speed, gear));
  };
  for (const unsigned speed : {0u, 9u})
    for (const int gear : {0, 2})
      for (const std::uint8_t pressure : {std::uint8_t{0}, std::uint8_t{9}}) {
        const bool s = speed > 0, g = gear == 2, p = pressure > 0;
        const auto is = [&](std::string_view text) { return holds(text, speed, gear, pressure); };
        CHECK(is("Engine.Speed > 0 && (Gear == 2 || Pressure > 0)") == (s && (g || p)));
        CHECK(is("(Pressure > 0||Gear == 2)&&Engine.Speed > 0") == ((p || g) && s));
        CHECK(is("( (Gear == 2) ) && Pressure > 0 || Engine.Speed > 0") == ((g && p) || s));
        CHECK(is("Gear == 2 || (Pressure > 0 && (Engine.Speed > 0))") == (g || (p && s)));
        CHECK(is("Gear == 2 && Pressure > 0 && Engine.Speed > 0") == (g && p && s));
      }
}

TEST_CASE("condition: brackets have a limit") {
  const auto nested = [](unsigned depth) {
    return std::string(depth, '(') + "Gear == 2 || Gear == 1 && Gear == 1" +
           std::string(depth, ')');
  };
  std::string steps;  // the most values at once: two wait in each bracket
  for (unsigned i = 0; i < Condition::kMostNested; ++i) steps += "Gear == 2 || Gear == 1 && (";
  steps += "Gear == 2 || Gear == 1 && Gear == 1" + std::string(Condition::kMostNested, ')');
  for (const std::string& text : {nested(Condition::kMostNested), steps}) {
    CHECK(Condition(catalog(), text).add(engine(0, 1)));
    CHECK(!Condition(catalog(), text).add(engine(0, 3)));
  }
  CHECK_THAT(refusal(nested(Condition::kMostNested + 1)),
             Catch::StartsWith("expected at most 16 brackets in each other in '((((("));
  CHECK_THAT(refusal(std::string(100'000, '(')), Catch::StartsWith("expected at most 16 brackets"));
}

TEST_CASE("condition: single quotes as double ones") {
  Condition is(catalog(), "('Engine.Gear' == 'Neutral gear')");
  CHECK(is.add(engine(0, 0)));
  CHECK(!is.add(engine(0, 1)));
  CHECK(refusal("Gear == '\"'") ==
        "'Gear': expected a number or a text of its value table, got '\"'");
}

TEST_CASE("condition: texts of a value table") {
  CHECK(Condition(catalog(), "Gear == Inf").add(engine(0, 6)));
  Condition is(catalog(), "Gear == Reverse"), isnt(catalog(), "Gear != \"Neutral gear\"");
  CHECK(is.add(engine(0, -1)));
  CHECK(!is.add(engine(0, 0)));
  CHECK(isnt.add(engine(0, 1)));
  CHECK(!isnt.add(engine(0, 0)));
}

TEST_CASE("condition: without a value and for what is no number, all comparisons are false") {
  Condition below(catalog(), "Load < 1"), unequal(catalog(), "Load != 1");
  Message m = frame(0x123, {0, 0, 0, 0, 0, 0xC0, 0x7F});  // a quiet nan
  CHECK(!unequal.add(engine(0)));                         // too short for it
  CHECK(!below.add(m));
  CHECK(!unequal.add(m));
  CHECK(!below.add(frame(0x7FF, {})));
  m.data[5] = m.data[6] = 0;
  CHECK(below.add(m));
}

TEST_CASE("condition: other texts are refused") {
  CHECK(refusal("Engine.Speed > 1") == "taken");
  CHECK(refusal("") == "expected a signal in '', got ''");
  CHECK(refusal("Gear") == "expected one of == != < <= > >= in 'Gear', got ''");
  CHECK(refusal("Gear = 1") == "expected one of == != < <= > >= in 'Gear = 1', got '= 1'");
  CHECK(refusal("Gear > ") == "expected a value in 'Gear > ', got ''");
  CHECK(refusal("Gear > \"1") == "expected a value in 'Gear > \"1', got '1'");
  CHECK(refusal("Gear > 1 &") == "expected && or || in 'Gear > 1 &', got '&'");
  CHECK(refusal("Gear > 1 && ") == "expected a signal in 'Gear > 1 && ', got ''");
  CHECK(refusal("Speed > 1") ==
        "'Speed' is a signal of 'Engine' and of 'Brake'; MESSAGE.SIGNAL chooses one");
  CHECK(refusal("Brake.* > 1") ==
        "'Brake.*' stands for several signals, Brake.Pressure and Brake.Speed among them; expected "
        "one");
  CHECK(refusal("(Gear > 1") == "expected ) in '(Gear > 1', got ''");
  CHECK(refusal("Gear > 1)") == "expected && or || in 'Gear > 1)', got ')'");
  CHECK(refusal("()") == "expected a signal in '()', got ')'");
  CHECK(refusal("Gear > '1") == "expected a value in 'Gear > '1', got '1'");
  CHECK(refusal("Fear > 1") == "no signal is named 'Fear'");
  CHECK(refusal("Gear > Reverse") == "'Gear': a text such as 'Reverse' is compared by == or !=");
  CHECK(refusal("Gear == Third") ==
        "'Gear': expected a number or a text of its value table, got 'Third'");
  CHECK(refusal("Gear == nan") ==
        "'Gear': expected a number or a text of its value table, got 'nan'");
}
