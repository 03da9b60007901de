// SPDX-License-Identifier: MIT
#include "cansuite/notifier.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>

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

TEST_CASE("a listener that throws keeps nothing from the others, nor from their stop") {
  ScriptedBus bus;
  Heard heard;
  Ear a("a", heard), b("b", heard);
  a.fail_at(1);
  bus.give({{.id = 1}});
  Notifier notifier(bus, {&a, &b});
  CHECK_THROWS_WITH(notifier.stop(), "a: full");
  CHECK(heard == Heard{"b1", "a stop", "b stop"});
}

namespace {

class Stubborn final : public Listener {
 public:
  void on_messages(std::span<const Message>) override {}
  void stop() override { fail(Errc::io, "stubborn"); }
};

/// Calls something for each batch.
class Caller final : public Listener {
 public:
  explicit Caller(std::function<void()> call) : call_(std::move(call)) {}
  void on_messages(std::span<const Message>) override { call_(); }

 private:
  std::function<void()> call_;
};

class FlushCounter final : public LogWriter {
 public:
  explicit FlushCounter(std::atomic<int>& flushes) : flushes_(flushes) {}
  void write(std::span<const Message>) override {}
  void flush() override { ++flushes_; }
  std::uint64_t size() const override { return 0; }
  void close() override {}

 private:
  std::atomic<int>& flushes_;
};

bool ends(const Notifier& notifier) {
  for (int i = 0; i < 1000 && notifier.running(); ++i) std::this_thread::sleep_for(10ms);
  return !notifier.running();
}

}  // namespace

TEST_CASE("a listener whose stop() throws keeps no other from its stop; the first error is kept") {
  ScriptedBus bus;
  Heard heard;
  Ear ear("a", heard);
  Stubborn stubborn;
  SECTION("alone") {
    Notifier notifier(bus, {&stubborn, &ear});
    CHECK_THROWS_WITH(notifier.stop(), "stubborn");
  }
  SECTION("behind a failure of the bus") {
    bus.fail_with("scripted: unplugged");
    Notifier notifier(bus, {&stubborn, &ear});
    CHECK_THROWS_WITH(notifier.stop(), "scripted: unplugged");
  }
  CHECK(heard == Heard{"a stop"});
}

TEST_CASE("a failure can be asked for and is told while the notifier runs") {
  ScriptedBus bus;
  Heard heard;
  Ear ear("a", heard);
  Notifier notifier(bus, {&ear});
  std::atomic<int> told = 0;
  notifier.on_failure([&](const std::exception_ptr& failure) {
    CHECK(failure);
    ++told;
  });
  CHECK(notifier.running());
  CHECK_FALSE(notifier.failure());
  bus.fail_with("scripted: unplugged");
  REQUIRE(ends(notifier));
  CHECK(told == 1);
  CHECK_THROWS_WITH(std::rethrow_exception(notifier.failure()), "scripted: unplugged");
  notifier.on_failure([&](const std::exception_ptr&) { ++told; });
  CHECK(told == 2);  // a late one is told at once
  CHECK_THROWS(notifier.stop());
  CHECK(notifier.failure());
}

TEST_CASE("a listener may stop the notifier") {
  ScriptedBus bus;
  Heard heard;
  Ear ear("a", heard);
  Notifier* self = nullptr;
  Caller caller([&] { self->stop(); });
  Notifier notifier(bus, {&ear});
  self = &notifier;
  notifier.add(caller);
  bus.give({{.id = 1}});
  REQUIRE(ends(notifier));
  CHECK(heard == Heard{"a1"});
  notifier.stop();
  CHECK(heard == Heard{"a1", "a stop"});
}

TEST_CASE("listeners come and go while the notifier runs") {
  ScriptedBus bus;
  Heard heard;
  Ear a("a", heard), b("b", heard);
  BufferedReader reader;
  Notifier notifier(bus, {&a});
  notifier.add(reader);
  bus.give({{.id = 1}});
  REQUIRE(reader.get(10s));
  notifier.remove(a);
  notifier.remove(reader);
  notifier.add(b);
  notifier.add(reader);
  bus.give({{.id = 2}});
  REQUIRE(reader.get(10s));
  notifier.stop();
  CHECK(heard == Heard{"a1", "b2", "b stop"});
}

TEST_CASE("a notifier of several buses hears all of them, also when one has failed") {
  ScriptedBus one("one"), other("other");
  Heard heard;
  Ear ear("", heard);
  one.fail_with("one: unplugged");
  Notifier notifier({&one, &other}, {&ear});
  for (int i = 0; i < 1000 && !notifier.failure(); ++i) std::this_thread::sleep_for(10ms);
  CHECK(notifier.running());
  other.give({{.id = 7}});
  CHECK_THROWS_WITH(notifier.stop(), "one: unplugged");
  CHECK(heard == Heard{"7", " stop"});
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

TEST_CASE("a logger hands its log to the system in time, though nothing more comes") {
  std::atomic<int> flushes = 0;
  Logger logger(std::make_unique<FlushCounter>(flushes), 20ms);
  CHECK(flushes == 0);
  for (int round = 1; round <= 2; ++round) {
    if (round == 1)
      logger.on_messages({{{.id = 1}}});
    else
      logger.event("overtaking");
    for (int i = 0; i < 1000 && flushes < round; ++i) std::this_thread::sleep_for(10ms);
    std::this_thread::sleep_for(100ms);  // nothing came, so nothing more is flushed
    CHECK(flushes == round);
  }
}

TEST_CASE("a logger without delay keeps nothing back") {
  Story story;
  Logger logger(std::make_unique<StoryLog>(story), 0ns);
  logger.on_messages({{{.id = 1}}});
  CHECK(story.steps == Heard{"1", "flush"});
  logger.stop();
  logger.stop();
  CHECK(story.steps == Heard{"1", "flush", "close"});
  CHECK_THROWS_WITH(logger.on_messages({{{.id = 2}}}), "the logger has been stopped");
}

TEST_CASE("a buffered reader that is asked for ever waits for ever, and below 0 not at all") {
  BufferedReader reader;
  CHECK_FALSE(reader.get(-1ns));
  CHECK_FALSE(reader.get(std::chrono::nanoseconds::min()));
  std::jthread later([&] {
    std::this_thread::sleep_for(50ms);
    reader.on_messages({{{.id = 1}}});
  });
  CHECK(reader.get(std::chrono::nanoseconds::max())->id == 1);
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

TEST_CASE("a buffered reader that is full drops the oldest, and counts them") {
  BufferedReader reader(3);
  const std::vector<Message> messages = {{.id = 1}, {.id = 2}, {.id = 3}, {.id = 4}, {.id = 5}};
  reader.on_messages(std::span(messages).first(3));
  CHECK(reader.dropped() == 0);
  reader.on_messages(std::span(messages).subspan(3));
  CHECK(reader.dropped() == 2);
  for (const std::uint32_t id : {3, 4, 5}) CHECK(reader.get(0ns)->id == id);
  CHECK_FALSE(reader.get(0ns));
}
