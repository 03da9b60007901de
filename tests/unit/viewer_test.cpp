// SPDX-License-Identifier: MIT
// canviewer without a terminal: keys and messages in, lines out.
#include "apps/viewer/viewer.h"

#include <catch2/catch.hpp>

#include "cansuite/error_frame.h"
#include "cansuite/frame.h"
#include "libcan/model/fail.h"
#include "tests/scripted_bus.h"

using namespace can;
using namespace can::cli;
using namespace std::chrono_literals;

namespace {

constexpr Size kUsual{24, 80};

std::string text_of(const Line& line) {
  std::string text;
  for (const can::cli::Span& span : line) text += span.text;
  return text;
}

/// A feed that a test fills.
class Filled final : public Feed {
 public:
  void take(const Use& use) override {
    if (!failure.empty()) fail(Errc::io, "{}", failure);
    use(waiting);
    waiting.clear();
  }
  bool ended() const override { return false; }
  std::uint64_t dropped() const override { return lost; }
  std::vector<std::string> drain_notices() override { return std::exchange(notices, {}); }
  Bus* bus() override { return out; }

  std::vector<Message> waiting;
  std::vector<std::string> notices;
  std::string failure;
  std::uint64_t lost = 0;
  Bus* out = nullptr;
};

struct Stage {
  Stage() : viewer("virtual x", std::unique_ptr<Feed>(feed), meter) {}

  void come(std::vector<Message> messages) {
    feed->waiting = std::move(messages);
    viewer.step();
  }
  void type(std::string_view keys) {
    for (const char key : keys) viewer.type(key == '\n' ? int{kEnter} : key, kUsual);
  }
  std::vector<std::string> lines(Size size = kUsual) {
    std::vector<std::string> all;
    for (const Line& line : viewer.screen(size)) all.push_back(text_of(line));
    return all;
  }
  /// The style of a text in the row that begins with `row`.
  Style style_of(std::string_view row, std::string_view text) {
    for (const Line& line : viewer.screen(kUsual))
      if (text_of(line).starts_with(row))
        for (const can::cli::Span& span : line)
          if (span.text == text) return span.style;
    FAIL(std::string("no ") + std::string(text));
    return {};
  }

  Filled* feed = new Filled;
  LoadMeter meter;
  Viewer viewer;
};

Message at(std::chrono::nanoseconds time, std::uint32_t id,
           std::initializer_list<std::uint8_t> data, const char* channel = "x") {
  Message message = frame(id, data);
  message.timestamp = time;
  message.channel = Channel(channel);
  return message;
}

}  // namespace

TEST_CASE("a row has id, count, period, length, data and text", "[viewer]") {
  Stage stage;
  stage.come({at(1s, 0x123, {0x41, 0x42, 0x00}), at(1010ms, 0x123, {0x41, 0x43, 0xFF})});
  const auto lines = stage.lines();
  REQUIRE(lines.size() == 24);
  CHECK(lines[0].starts_with("virtual x  0/s  1 ids  0 errors  by id"));
  CHECK(lines[1] == "ID            COUNT   PERIOD   JITTER  L  DATA");
  CHECK(lines[2] == "123               2  10.0 ms           3  41 43 FF                 AC.");
  CHECK(lines[3].empty());
  CHECK(lines[23] ==
        "q quit  space pause  s send  / filter  o order  # notch  * all  b binary  c cle~");
}

TEST_CASE("changed bytes are hot, then warm, then as the others", "[viewer]") {
  Stage stage;
  stage.come({at(1s, 1, {0x10, 0x20})});
  CHECK(stage.style_of("001", "10") == Style::plain);
  stage.come({at(1s, 1, {0x10, 0x21})});
  CHECK(stage.style_of("001", "10") == Style::plain);
  CHECK(stage.style_of("001", "21") == Style::hot);
  for (int i = 0; i < 5; ++i) stage.come({});
  CHECK(stage.style_of("001", "21") == Style::warm);
  for (int i = 0; i < 20; ++i) stage.come({});
  CHECK(stage.style_of("001", "21") == Style::plain);
}

TEST_CASE("a change that is back within one look is seen, bit by bit", "[viewer]") {
  Stage stage;
  stage.come({at(1s, 1, {0x01})});
  stage.come({at(1s, 1, {0x81}), at(1s, 1, {0x01})});
  stage.type("b");
  const std::vector<Line> lines = stage.viewer.screen(kUsual);
  CHECK(text_of(lines[2]).ends_with("00000001 "));
  CHECK(lines[2][1].style == Style::hot);
  CHECK(lines[2][2].style == Style::plain);
}

TEST_CASE("what was notched doesn't count as a change", "[viewer]") {
  Stage stage;
  stage.come({at(1s, 1, {0, 0})});
  stage.come({at(1s, 1, {1, 0})});
  stage.type("#");
  CHECK(stage.style_of("001", "01") == Style::plain);
  stage.come({at(1s, 1, {0, 8})});
  CHECK(stage.style_of("001", "00") == Style::plain);
  CHECK(stage.style_of("001", "08") == Style::hot);
  stage.type("*");
  stage.come({at(1s, 1, {1, 8})});
  CHECK(stage.style_of("001", "01") == Style::hot);
}

TEST_CASE("rows are ordered and filtered", "[viewer]") {
  Stage stage;
  stage.come({at(1s, 0x300, {}), at(2s, 0x200, {}), at(2s, 0x200, {}), at(3s, 0x100, {}, "y")});
  const auto ids = [&] {
    std::string all;
    for (const std::string& line : stage.lines())
      if (line.size() > 8 && line.substr(8, 3).find("00") == 1) all += line.substr(8, 3) + " ";
    return all;
  };
  CHECK(ids() == "200 300 100 ");  // by channel, then id
  stage.type("o");
  CHECK(ids() == "100 200 300 ");
  stage.type("o");
  CHECK(ids() == "200 300 100 ");
  stage.type("o/30\n");
  CHECK(ids() == "300 ");
  CHECK(stage.lines()[0].find("filter 30") != std::string::npos);
  stage.type("/");
  stage.viewer.type(kBackspace, kUsual);
  stage.viewer.type(kBackspace, kUsual);
  stage.type("100~7FF\n");
  CHECK(ids() == "200 300 ");
}

TEST_CASE("a pause stops the screen, not the counting", "[viewer]") {
  Stage stage;
  stage.come({at(1s, 1, {1})});
  stage.type(" ");
  stage.come({at(2s, 1, {2})});
  CHECK(stage.lines()[2].find("  1  01") != std::string::npos);
  CHECK(stage.lines()[0].find("PAUSED") != std::string::npos);
  stage.type(" ");
  stage.come({});
  CHECK(stage.lines()[2].find("          2 ") != std::string::npos);
  stage.type("c");
  CHECK(stage.lines()[2].empty());
}

TEST_CASE("silent rows fade, errors are told in words", "[viewer]") {
  Stage stage;
  Message error{
      .timestamp = 10s, .id = error_bits::kBusOff, .channel = Channel("x"), .error = true};
  error.length = 8;
  stage.come({at(1s, 1, {7}), at(10s, 2, {8}), error});
  CHECK(stage.style_of("001", "07") == Style::faint);
  CHECK(stage.style_of("002", "08") == Style::plain);
  CHECK(stage.lines()[4].find("bus off") != std::string::npos);
  CHECK(stage.lines()[0].find("1 errors") != std::string::npos);
}

TEST_CASE("what is lost, noticed and failed is shown", "[viewer]") {
  Stage stage;
  stage.feed->lost = 1234;
  stage.feed->notices = {"can0 is down"};
  stage.come({});
  CHECK(stage.lines()[0].find("1,234 dropped") != std::string::npos);
  CHECK(stage.lines()[23] == "can0 is down");
  stage.type("x");
  CHECK(stage.lines()[23].starts_with("q quit"));
  stage.feed->failure = "the bus\x1b is gone";
  stage.come({});
  CHECK(stage.lines()[23] == "the bus? is gone");
  CHECK(stage.lines()[0].find("ENDED") != std::string::npos);
  CHECK_FALSE(stage.viewer.finished());
  stage.type("q");
  CHECK(stage.viewer.finished());
}

TEST_CASE("messages are sent, once or periodically", "[viewer]") {
  Stage stage;
  stage.type("s");
  CHECK(stage.lines()[23] == "messages can't be sent to a log");
  ScriptedBus bus("out");
  stage.feed->out = &bus;
  stage.type("s123#DEAD");
  CHECK(stage.lines()[23] == "send FRAME [PERIOD], or stop: 123#DEAD_");
  stage.type("\n");
  REQUIRE(bus.sent().size() == 1);
  CHECK(bus.sent()[0].id == 0x123);
  stage.type("s12\n");
  CHECK(stage.lines()[23].find("expected") != std::string::npos);
  stage.type("s124#00 nonsense\n");
  CHECK(stage.lines()[23].find("nonsense") != std::string::npos);
  stage.type("s125#00");
  stage.viewer.type(kEscape, kUsual);
  CHECK_FALSE(stage.viewer.finished());
  CHECK(bus.sent().size() == 1);
}

TEST_CASE("no screen is larger than its terminal", "[viewer]") {
  Stage stage;
  std::vector<Message> messages;
  for (std::uint32_t id = 0; id < 40; ++id) {
    messages.push_back(
        at(1s, id, {1, 2, 3, 4, 5, 6, 7, 8}, id % 2 ? "a_rather_long_channel" : "b"));
    Message fd = fd_frame(id + 0x100, std::vector<std::uint8_t>(64, 0x55));
    fd.channel = Channel("b");
    fd.extended = true;
    messages.push_back(fd);
  }
  stage.come(messages);
  for (const char* keys : {"", "b", "a"}) {
    stage.type(keys);
    for (const int columns : {1, 10, 40, 63, 64, 80, 81, 132, 250})
      for (const int rows : {1, 2, 3, 5, 24, 60}) {
        CAPTURE(columns, rows);
        const auto lines = stage.lines({rows, columns});
        CHECK(lines.size() == static_cast<std::size_t>(rows));
        for (const std::string& line : lines)
          CHECK(line.size() <= static_cast<std::size_t>(columns));
      }
  }
}

TEST_CASE("signals are below their message, in as many lines as they take", "[viewer]") {
  const auto database = std::make_shared<const signals::Database>(
      signals::parse_dbc("BO_ 1 Long: 8 A\n SG_ First : 0|8@1+ (1,0) [0|0] \"\" A\n"
                         " SG_ Second : 8|8@1+ (0.1,0) [0|0] \"km/h\" A\n",
                         "x.dbc"));
  LoadMeter meter;
  auto* feed = new Filled;
  Viewer viewer("x", std::unique_ptr<Feed>(feed), meter,
                Meanings({.databases = {{database, {}}}, .patterns = {}}));
  feed->waiting = {at(1s, 1, {1, 255}), at(1s, 2, {1})};
  viewer.step();
  CHECK(text_of(viewer.screen({24, 80})[3]) == "  Long: First 1, Second 25.5 km/h");
  CHECK(text_of(viewer.screen({24, 80})[4]).starts_with("002"));
  CHECK(text_of(viewer.screen({24, 30})[4]) == "  Long: First 1,");
  CHECK(text_of(viewer.screen({24, 30})[5]) == "    Second 25.5 km/h");
  viewer.type('d', kUsual);
  CHECK(text_of(viewer.screen({24, 80})[3]).starts_with("002"));
}

TEST_CASE("the rows scroll", "[viewer]") {
  Stage stage;
  std::vector<Message> messages;
  for (std::uint32_t id = 0; id < 100; ++id) messages.push_back(at(1s, id, {}));
  stage.come(messages);
  CHECK(stage.lines()[2].starts_with("000"));
  stage.viewer.type(kDown, kUsual);
  CHECK(stage.lines()[2].starts_with("001"));
  stage.viewer.type(kPageDown, kUsual);
  CHECK(stage.lines()[2].starts_with("016"));
  stage.viewer.type(kEnd, kUsual);
  CHECK(stage.lines()[22].starts_with("063"));
  stage.viewer.type(kPageUp, kUsual);
  stage.viewer.type(kUp, kUsual);
  CHECK(stage.lines()[2].starts_with("039"));
  stage.viewer.type(kHome, kUsual);
  CHECK(stage.lines()[2].starts_with("000"));
}
