// SPDX-License-Identifier: MIT
#include "libcan/flow/generator.h"

#include <catch2/catch.hpp>
#include <set>

#include "cansuite/message_text.h"

using namespace can;

namespace {

using Choice = Generator::Choice;

std::vector<Message> generated(const Generator::Options& options, std::size_t count = 2000) {
  Generator generator(options);
  std::vector<Message> messages(count);
  for (Message& message : messages) message = generator.next();
  for (const Message& message : messages) {
    INFO(format_frame(message));
    REQUIRE(why_invalid(message) == nullptr);
  }
  return messages;
}

std::vector<std::string> texts_of(const std::vector<Message>& messages) {
  std::vector<std::string> texts;
  for (const Message& message : messages) texts.push_back(format_frame(message));
  return texts;
}

/// The different values of a field.
template <class Field>
auto values(const std::vector<Message>& messages, Field field) {
  std::set<decltype(field(Message()))> found;
  for (const Message& message : messages) found.insert(field(message));
  return found;
}

int length_of_frame(const Message& message) { return message.length; }

}  // namespace

TEST_CASE("the same seed gives the same frames", "[generator]") {
  const Generator::Options options = {.fd = true, .mixed = true, .seed = 7};
  CHECK(texts_of(generated(options)) == texts_of(generated(options)));
  Generator::Options other = options;
  other.seed = 8;
  CHECK(texts_of(generated(other)) != texts_of(generated(options)));
}

TEST_CASE("frames of a seed are the same on every machine and in every version", "[generator]") {
  CHECK(texts_of(generated({.seed = 1}, 3)) ==
        std::vector<std::string>{"768#9A45E67AE7D1", "08E#", "049#094B"});
}

TEST_CASE("random ids, lengths and data take every value", "[generator]") {
  const auto classic = generated({});
  CHECK(values(classic, length_of_frame).size() == 9);
  CHECK(values(classic, [](const Message& m) { return m.id; }).size() > 1000);
  CHECK(values(classic, [](const Message& m) { return m.data[0]; }).size() == 256);
  CHECK(values(classic, [](const Message& m) { return m.extended || m.fd || m.remote; }).size() ==
        1);
  const auto fd = generated({.extended = true, .fd = true, .brs = true});
  CHECK(values(fd, length_of_frame).size() == 16);
  CHECK(values(fd, [](const Message& m) { return m.data[63]; }).size() > 60);
  CHECK(std::ranges::all_of(fd, [](const Message& m) { return m.extended && m.fd && m.brs; }));
  CHECK(std::ranges::any_of(fd, [](const Message& m) { return m.id > 0x10000000; }));
}

TEST_CASE("incremental ids, lengths and data begin anew at the end of their range", "[generator]") {
  const auto frames = generated(
      {.id = Choice::increment, .length = Choice::increment, .data = Choice::increment}, 2050);
  CHECK(format_frame(frames[0]) == "000#");
  CHECK(format_frame(frames[1]) == "001#01");
  CHECK(format_frame(frames[8]) == "008#0800000000000000");
  CHECK(format_frame(frames[9]) == "009#");
  CHECK(format_frame(frames[0x7FF]) == "7FF#FF070000");
  CHECK(format_frame(frames[0x800]) == "000#0008000000");
  const auto fd =
      generated({.length = Choice::increment, .data = Choice::increment, .fd = true}, 17);
  CHECK(fd[15].length == 64);
  CHECK(fd[15].data[0] == 15);
  CHECK(fd[15].data[8] == 0);
  CHECK(fd[16].length == 0);
}

TEST_CASE("fixed ids, lengths and data stay", "[generator]") {
  Generator::Options options = {.id = Choice::fixed,
                                .length = Choice::fixed,
                                .data = Choice::fixed,
                                .fixed_id = 0x123,
                                .fixed_length = 3,
                                .fixed_data = {0xAA, 0xBB}};
  const auto only = [](const Generator::Options& wanted) {
    const auto texts = texts_of(generated(wanted, 100));
    const std::set<std::string> different(texts.begin(), texts.end());
    return different.size() == 1 ? *different.begin() : "several";
  };
  CHECK(only(options) == "123#AABB00");
  options.extended = true;
  CHECK(only(options) == "00000123#AABB00");
  options.remote = true;
  CHECK(only(options) == "00000123#R3");
  options.fd = options.brs = true;
  options.fixed_length = 9;
  CHECK(only(options) == "00000123##1AABB00000000000000000000");
}

TEST_CASE("a mix has frames of all kinds", "[generator]") {
  const auto kind = [](const Message& m) {
    return (m.extended ? 1 : 0) | (m.remote ? 2 : 0) | (m.fd ? 4 : 0) | (m.brs ? 8 : 0);
  };
  CHECK(values(generated({.fd = true, .mixed = true}), kind).size() == 8);
  CHECK(values(generated({.mixed = true}), kind) == std::set<int>{0, 1, 2, 3});
  const auto fixed = generated({.id = Choice::fixed, .fixed_id = 0x12, .mixed = true});
  CHECK(values(fixed, kind) == std::set<int>{0, 2});
}
