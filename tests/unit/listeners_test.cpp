// SPDX-License-Identifier: MIT
// Listeners that come with the library, what it tells about its work, and what a program registers.
#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <sstream>

#include "cansuite/frame.h"
#include "cansuite/listener.h"
#include "cansuite/logging.h"
#include "cansuite/notifier.h"
#include "cansuite/plugin.h"
#include "libcan/model/fail.h"
#include "tests/scripted_bus.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// Counts what reached the file so far.
class CountingBuffer final : public std::stringbuf {
 public:
  int sync() override {
    ++syncs;
    return 0;
  }
  int syncs = 0;
};

/// Collects lines, as a sink, until it ends.
struct Collected {
  Collected() {
    set_log_sink([this](LogLevel level, std::string_view line) {
      lines.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(line));
    });
  }
  ~Collected() {
    set_log_sink({});
    set_log_level(LogLevel::off);
  }
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("a printer prints each batch at once", "[listener]") {
  CountingBuffer buffer;
  std::ostream out(&buffer);
  Printer printer(out);
  const Message messages[] = {frame(0x64), frame(0x65, {1, 2})};
  printer.on_messages(messages);
  CHECK(buffer.syncs == 1);
  CHECK(buffer.str() ==
        "Timestamp:        0.000000        ID: 0064    000    DLC: 0\n"
        "Timestamp:        0.000000        ID: 0065    000    DLC: 2    01 02\n");
}

TEST_CASE("a printer says that its output is full", "[listener]") {
  std::ofstream full("/dev/full");
  Printer printer(full);
  const Message message;
  CHECK_THROWS_WITH(printer.on_messages({&message, 1}), "the output takes no more messages");
}

TEST_CASE("a callback gets each message", "[listener]") {
  std::vector<std::uint32_t> ids;
  CallbackListener listener([&ids](const Message& m) { ids.push_back(m.id); });
  const Message messages[] = {frame(1), frame(2)};
  listener.on_messages(messages);
  CHECK(ids == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("what is redirected comes out on the other bus, without error frames", "[listener]") {
  ScriptedBus to;
  Redirect redirect(to);
  const Message error{.id = 4, .length = 8, .error = true};
  const Message messages[] = {error, frame(1), frame(2), error, error, frame(3), error};
  redirect.on_messages(messages);
  std::vector<std::uint32_t> ids;
  for (const Message& m : to.sent()) ids.push_back(m.id);
  CHECK(ids == std::vector<std::uint32_t>{1, 2, 3});
  CHECK(to.batches() == std::vector<std::size_t>{2, 1});
  to.refuse_with("bus off");
  CHECK_THROWS_WITH(redirect.on_messages({&messages[1], 1}), Catch::Contains("bus off"));
}

TEST_CASE("the library tells about its work what is asked for", "[logging]") {
  Collected told;
  ScriptedBus bus;
  bus.say("unheard");
  CHECK(told.lines.empty());
  set_log_level("Warning");
  bus.say("the link is down");
  CHECK(open_bus({.interface = "virtual", .channel = "told"}) != nullptr);
  CHECK(told.lines == std::vector<std::string>{"2 the link is down"});
  set_log_level(LogLevel::info);
  CHECK(open_bus({.interface = "virtual", .channel = "told"}) != nullptr);
  REQUIRE(told.lines.size() == 2);
  CHECK_THAT(told.lines[1], Catch::StartsWith("3 opened virtual told: "));
  CHECK_THROWS_WITH(set_log_level("loud"), Catch::StartsWith("no log level 'loud'; expected off,"));
}

TEST_CASE("no two interfaces or formats have a name", "[registry]") {
  constexpr std::string_view kAliases[] = {"fresh", "socketcan_native"};
  const Driver same{.name = "virtual", .title = "", .channels = ""},
      alias{.name = "new", .title = "", .channels = "", .aliases = kAliases};
  CHECK_THROWS_WITH(register_interface(same), "interface 'virtual' exists");
  CHECK_THROWS_WITH(register_interface(alias), "interface 'socketcan_native' exists");
  CHECK(find_driver("new") == nullptr);
  constexpr std::string_view kExtensions[] = {".new", ".blf"};
  const Format named{.name = "asc", .title = "", .extensions = {}, .keeps = {}},
      extended{.name = "new", .title = "", .extensions = kExtensions, .keeps = {}};
  CHECK_THROWS_WITH(register_format(named), "format 'asc' exists");
  CHECK_THROWS_WITH(register_format(extended), "extension '.blf' is that of format 'blf'");
  CHECK(find_format("new") == nullptr);
}
