// SPDX-License-Identifier: MIT
#include "libcan/flow/notifier.h"

#include <catch2/catch.hpp>

#include "tests/scripted_bus.h"
#include "tests/scripted_log.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// Writes down what it hears, under its name, and may fail.
class Ear final : public Listener {
 public:
  Ear(std::string name, std::vector<std::string>& heard) : name_(std::move(name)), heard_(heard) {}
  void fail_at(std::uint32_t id) { fails_at_ = id; }
  void on_messages(std::span<const Message> messages) override {
    for (const Message& message : messages) {
      if (message.id == fails_at_) fail(Errc::io, "{}: full", name_);
      heard_.push_back(name_ + std::to_string(message.id));
    }
  }
  void stop() override { heard_.push_back(name_ + " stop"); }

 private:
  std::string name_;
  std::vector<std::string>& heard_;
  std::uint32_t fails_at_ = UINT32_MAX;
};

using Heard = std::vector<std::string>;

}  // namespace

TEST_CASE("listeners hear all that was there when the notifier stopped, then the stop, once") {
  ScriptedBus bus;
  Heard heard;
  Ear a("a", heard), b("b", heard);
  bus.give({{.id = 1}, {.id = 2}});
  {
    Notifier notifier(bus, {&a, &b});
    notifier.stop();
    CHECK(heard == Heard{"a1", "a2", "b1", "b2", "a stop", "b stop"});
    notifier.stop();
  }
  CHECK(heard.size() == 6);
}

TEST_CASE("a notifier takes everything a bus has before it stops") {
  constexpr std::size_t kMany = 50'000;
  ScriptedBus bus;
  std::vector<std::string> heard;
  Ear ear("", heard);
  bus.give(std::vector<Message>(kMany));
  Notifier notifier(bus, {&ear});
  notifier.stop();
  CHECK(heard.size() == kMany + 1);
}

TEST_CASE("a notifier of a bus that talks without end can be stopped") {
  ScriptedBus bus;
  BufferedReader reader(10);
  bus.talk_without_end();
  Notifier notifier(bus, {&reader});
  REQUIRE(reader.get(10s));
  notifier.stop();
}

TEST_CASE("stop() throws what the bus threw, after the listeners were told") {
  ScriptedBus bus;
  Heard heard;
  Ear ear("a", heard);
  bus.give({{.id = 1}});
  bus.fail_with("scripted: unplugged");
  Notifier notifier(bus, {&ear});
  CHECK_THROWS_WITH(notifier.stop(), "scripted: unplugged");
  CHECK(heard == Heard{"a1", "a stop"});
  CHECK_NOTHROW(notifier.stop());
}

TEST_CASE("stop() throws what a listener threw, too") {
  ScriptedBus bus;
  Heard heard;
  Ear ear("a", heard);
  ear.fail_at(2);
  bus.give({{.id = 1}, {.id = 2}, {.id = 3}});
  Notifier notifier(bus, {&ear});
  CHECK_THROWS_WITH(notifier.stop(), "a: full");
  CHECK(heard == Heard{"a1", "a stop"});
}

TEST_CASE("a notifier that is destroyed has stopped its listeners, whatever went wrong") {
  ScriptedBus bus;
  Heard heard;
  Ear ear("a", heard);
  bus.fail_with("scripted: unplugged");
  { const Notifier notifier(bus, {&ear}); }
  CHECK(heard == Heard{"a stop"});
}

TEST_CASE("a logger writes what it hears and closes the log") {
  ScriptedBus bus;
  Story story;
  Logger logger(std::make_unique<StoryLog>(story));
  bus.give({{.id = 1}, {.id = 2}});
  Notifier notifier(bus, {&logger});
  notifier.stop();
  CHECK(story.steps == Heard{"1", "2", "close"});
}

TEST_CASE("a buffered reader waits so long, and no longer once it was stopped") {
  BufferedReader reader;
  auto started = std::chrono::steady_clock::now();
  CHECK_FALSE(reader.get(30ms));
  CHECK(std::chrono::steady_clock::now() - started >= 30ms);
  reader.on_messages({{{.id = 1}}});
  reader.stop();
  started = std::chrono::steady_clock::now();
  CHECK(reader.get(1h)->id == 1);
  CHECK_FALSE(reader.get(1h));
  CHECK(std::chrono::steady_clock::now() - started < 1min);
}
