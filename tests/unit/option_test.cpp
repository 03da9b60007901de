// SPDX-License-Identifier: MIT
#include "cansuite/option.h"

#include <catch2/catch.hpp>

#include "cansuite/channel.h"
#include "cansuite/interfaces.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kWords[] = {"auto", "4", "5"};
constexpr Option kFlag = {.name = "wait", .help = "", .kind = OptionKind::flag, .preset = "true"};
constexpr Option kNumber = {
    .name = "port", .help = "", .kind = OptionKind::number, .preset = "7", .min = 1, .max = 65'535};
constexpr Option kFraction = {.name = "point", .help = "", .kind = OptionKind::fraction};
constexpr Option kTime = {.name = "pause", .help = "", .kind = OptionKind::duration};
constexpr Option kWord = {
    .name = "protocol", .help = "", .kind = OptionKind::word, .preset = kWords[0], .words = kWords};
constexpr Option kText = {.name = "iface", .help = "", .unset = "as the routing table says"};
constexpr Option kAll[] = {kFlag, kNumber, kFraction, kTime, kWord, kText};

bool takes(const Option& option, std::string_view value) {
  try {
    check_value(option, value);
    return true;
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid);
    return false;
  }
}

}  // namespace

TEST_CASE("a time may have limits") {
  constexpr Option kLimited = {.name = "batch",
                               .help = "",
                               .kind = OptionKind::duration,
                               .min = std::chrono::nanoseconds(1ms).count(),
                               .max = std::chrono::nanoseconds(1h).count()};
  for (const char* taken : {"1ms", "0.001", "1h", "3600"})
    CHECK_NOTHROW(check_value(kLimited, taken));
  for (const char* refused : {"0", "999us", "3600.1", "1000h", "-1"})
    CHECK_THROWS_AS(check_value(kLimited, refused), Error);
  CHECK_THROWS_WITH(check_value(kLimited, "2h"),
                    "option 'batch': expected a time from 1 ms to 3600 s, got '2h'");
}

TEST_CASE("an option takes the values it declares, and no other", "[option]") {
  for (const char* good : {"1", "65535", "0x1F", "0XFFFF"}) CHECK(takes(kNumber, good));
  for (const char* bad : {"0", "65536", "0x10000", "", "7 ", "+7", "0x", "-1", "1.0"})
    CHECK_FALSE(takes(kNumber, bad));
  for (const char* good : {"true", "No", "1", "off"}) CHECK(takes(kFlag, good));
  for (const char* bad : {"", "2", "maybe"}) CHECK_FALSE(takes(kFlag, bad));
  for (const char* good : {"0", "0.875", ".5"}) CHECK(takes(kFraction, good));
  for (const char* bad : {"", "1", "-0.1", "nan", "0.5x"}) CHECK_FALSE(takes(kFraction, bad));
  for (const char* good : {"0", "250ms", "2h"}) CHECK(takes(kTime, good));
  for (const char* bad : {"", "-1s", "soon"}) CHECK_FALSE(takes(kTime, bad));
  for (const std::string_view good : kWords) CHECK(takes(kWord, good));
  for (const char* bad : {"", "Auto", "6"}) CHECK_FALSE(takes(kWord, bad));
  CHECK(takes(kText, "anything at all"));
}

TEST_CASE("an option's value is the user's, else the preset", "[option]") {
  const OptionValues none, some = {{"wait", "off"},  {"port", "0x10"},  {"point", "0.8755"},
                                   {"pause", "1.5"}, {"protocol", "5"}, {"iface", "lo"}};
  CHECK(flag_of(none, kFlag));
  CHECK_FALSE(flag_of(some, kFlag));
  CHECK(number_of(none, kNumber) == 7);
  CHECK(number_of(some, kNumber) == 16);
  CHECK(thousandths_of(none, kFraction) == 0);
  CHECK(thousandths_of(some, kFraction) == 876);
  CHECK(duration_of(none, kTime) == 0ns);
  CHECK(duration_of(some, kTime) == 1500ms);
  CHECK(text_of(none, kWord) == "auto");
  CHECK(text_of(some, kWord) == "5");
  CHECK_FALSE(is_set(none, kText));
  CHECK(is_set(some, kText));
  CHECK(preset_text(kNumber) == "7");
  CHECK(preset_text(kText) == "as the routing table says");
}

TEST_CASE("options are checked by name and by value", "[option]") {
  CHECK_NOTHROW(check_options({{"port", "1"}, {"iface", ""}}, kAll, "interface 'x'"));
  CHECK_THROWS_WITH(check_options({{"prot", "1"}}, kAll, "interface 'x'"),
                    "interface 'x' has no option 'prot'; did you mean 'port'?");
  CHECK_THROWS_WITH(check_options({{"port", "0"}}, kAll, "interface 'x'"),
                    "interface 'x': option 'port': expected a number from 1 to 65535, got '0'");
  CHECK_THROWS_WITH(check_options({{"protocol", "6"}}, kAll, "interface 'x'"),
                    "interface 'x': option 'protocol': expected auto, 4 or 5, got '6'");
}

TEST_CASE("what interfaces and formats declare is whole", "[option]") {
  std::vector<std::pair<std::string_view, std::span<const Option>>> all;
  for (const Driver* driver : all_drivers()) all.emplace_back(driver->name, driver->options);
  for (const Format* format : all_formats()) all.emplace_back(format->name, format->options);
  for (const auto& [owner, options] : all)
    for (const Option& option : options) {
      CAPTURE(owner, option.name);
      CHECK_FALSE(option.help.empty());
      CHECK((option.preset.empty() || takes(option, option.preset)));
      CHECK((option.preset.empty() || option.unset.empty()));
      CHECK((option.kind != OptionKind::number || option.min < option.max));
      CHECK((option.kind == OptionKind::word) == !option.words.empty());
      if (option.role == OptionRole::none) continue;
      const bool number = option.role == OptionRole::error_mask;
      CHECK(number == (option.kind == OptionKind::number));
      CHECK((number || (takes(option, option.yes) && takes(option, option.no))));
    }
}

TEST_CASE("a log isn't touched for an option that its format doesn't take", "[option]") {
  const auto create = [](const char* path, OptionValues options) {
    create_log(path, {.options = std::move(options)});
  };
  CHECK_THROWS_WITH(create("/nonexistent/x.asc", {{"compression-level", "9"}}),
                    "format 'asc' has no option 'compression-level'");
  CHECK_THROWS_WITH(
      create("/nonexistent/x.blf", {{"compression-level", "10"}}),
      "format 'blf': option 'compression-level': expected a number from 0 to 9, got '10'");
}

TEST_CASE("an option may name a variant of a format", "[option]") {
  const Format& csv = format_named("csv");
  CHECK(variant_of(csv, {}).name == "csv");
  CHECK(variant_of(csv, {.options = {{"csv-dialect", "extended"}}}).name == "csv-extended");
  CHECK(variant_of(format_named("asc"), {}).name == "asc");
}

TEST_CASE("a driver says what number a channel has", "[option][channel]") {
  const Channel channel("OPTION_TEST_USBBUS1");
  CHECK(channel.number() == 2);  // as names count that begin with 0
  number_channel(channel.name(), 1);
  CHECK(channel.number() == 1);
  CHECK(Channel("OPTION_TEST_USBBUS1").number() == 1);
  number_channel("OPTION_TEST_other7", 0);
  CHECK(Channel("OPTION_TEST_other7").number() == 0);
  CHECK(Channel("OPTION_TEST_other8").number() == 9);
}
