// SPDX-License-Identifier: MIT
// Two paths of a reader, one grammar: what the fast path takes means the same on the general one.
// A line means the same alone and behind others.

#include "tests/line_forms.h"

#include <catch2/catch.hpp>

using namespace can;
using namespace line_forms;

namespace {

constexpr std::size_t kUsual = 1000;

template <class Use>
void for_each_text_format(Use use) {
  for (const Forms& forms : kForms) {
    DYNAMIC_SECTION(forms.format) { use(forms, format_named(forms.format)); }
  }
}

/// `log` holds each of `lines` by turns with another.
std::string by_turns(const std::string& header, const Words& lines, const Words& others) {
  std::string log = header;
  for (std::size_t i = 0; i < lines.size(); ++i) log += lines[i] + '\n' + others[i] + '\n';
  return log;
}

/// Each line in its form with this number; as it is where it has fewer.
Words in_form(const Forms& forms, const Words& lines, std::size_t number) {
  Words out;
  for (const std::string& line : lines) {
    const Words all = forms.forms(line);
    out.push_back(number < all.size() ? all[number] : line);
  }
  return out;
}

std::size_t count_forms(const Forms& forms, const Words& lines) {
  std::size_t count = 0;
  for (const std::string& line : lines) count = std::max(count, forms.forms(line).size());
  return count;
}

bool is_cell_of_digits(char c) { return (c >= '0' && c <= '9') || c == '.'; }

/// `line` with one byte changed, in some ways: to what may end a word or a number, or to another
/// of its kind.
Words damaged(const std::string& line, std::mt19937& random) {
  constexpr std::string_view kBytes = " \t09afAFgxXrRtT#.,:;-+\"'{}[]()L/\0\x80\xff";
  Words out;
  for (std::size_t at = 0; at < line.size(); ++at)
    for (int way = 0; way < 3; ++way) {
      std::string changed = line;
      changed[at] = way == 0 && is_cell_of_digits(line[at]) ? static_cast<char>('0' + random() % 10)
                                                            : kBytes[random() % kBytes.size()];
      out.push_back(std::move(changed));
    }
  return out;
}

/// A few lines of each length and kind.
Words some_of(const Words& lines) {
  Words some;
  for (const std::string& line : lines)
    if (std::none_of(some.begin(), some.end(),
                     [&](const std::string& known) { return known.size() == line.size(); }))
      some.push_back(line);
  if (some.size() > 16) some.resize(16);
  return some;
}

/// What `all` holds from `at` to the next that is `mark`; `at` is then behind that.
std::vector<Given> until(const std::vector<Given>& all, const Given& mark, std::size_t& at) {
  std::vector<Given> some;
  while (at < all.size() && !(all[at] == mark)) some.push_back(all[at++]);
  ++at;
  return some;
}

}  // namespace

TEST_CASE("a line of a log means the same in every form", "[text][forms]") {
  for_each_text_format([](const Forms& forms, const Format& format) {
    const Lines lines = usual_lines(forms, Frames(format.keeps, 1).next(400));
    const std::size_t count = count_forms(forms, lines.frames);
    CHECK(count > 2);
    for (std::size_t number = 0; number < count; ++number) {
      const Words others = in_form(forms, lines.frames, number);
      const auto got = read(forms, by_turns(lines.header, lines.frames, others));
      REQUIRE(got.size() == 2 * others.size());
      for (std::size_t i = 0; i < others.size(); ++i) {
        CAPTURE(number, lines.frames[i], others[i], got[2 * i].error, got[2 * i + 1].error);
        REQUIRE(got[2 * i].message);
        REQUIRE(got[2 * i + 1].message);
        REQUIRE(*got[2 * i].message == *got[2 * i + 1].message);
      }
    }
  });
}

TEST_CASE("what was written in usual lines is read from them", "[text][forms]") {
  for_each_text_format([](const Forms& forms, const Format& format) {
    const auto messages = Frames(format.keeps, 2).next(kUsual);
    const Lines lines = usual_lines(forms, messages);
    const auto got = read(forms, lines.header + join(lines.frames, "\n") + "\n");
    REQUIRE(got.size() == messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
      CAPTURE(i, lines.frames[i], got[i].error);
      REQUIRE(got[i].message);
      Message back = *got[i].message;
      if (!messages[i].channel) back.channel = {};
      if (format.keeps.channel == KeepsChannel::number) back.channel = messages[i].channel;
      REQUIRE(back == messages[i]);
    }
  });
}

TEST_CASE("a damaged line means the same alone and behind a thousand others", "[text][forms]") {
  for_each_text_format([](const Forms& forms, const Format& format) {
    std::mt19937 random(3);
    const Lines lines = usual_lines(forms, Frames(format.keeps, 3).next(kUsual));
    const std::string& mark = lines.frames.back();
    Words cases;
    for (const std::string& line : some_of(lines.frames))
      for (std::string& changed : damaged(line, random)) cases.push_back(std::move(changed));
    std::string log = lines.header + join(lines.frames, "\n") + "\n";
    for (const std::string& line : cases) log += line + '\n' + mark + '\n';
    const auto all = read(forms, log);
    const Given marked = all[kUsual - 1];
    std::size_t at = kUsual, frames = 0, errors = 0;
    for (const std::string& line : cases) {
      const auto alone = read(forms, lines.header + line + '\n' + mark + '\n');
      const auto behind = until(all, marked, at);
      CAPTURE(line, alone[0].error, behind.empty() ? "" : behind[0].error);
      REQUIRE(alone.back() == marked);
      REQUIRE(behind.size() + 1 == alone.size());
      REQUIRE(std::equal(behind.begin(), behind.end(), alone.begin()));
      (alone.size() == 1 ? frames : alone[0].message ? frames : errors) += 1;
    }
    CHECK(at == all.size());
    CHECK(frames > cases.size() / 20);
    CHECK(errors > cases.size() / 20);
  });
}

TEST_CASE("the forms are those of every text format with two paths", "[text][forms]") {
  for (const Format* format : all_formats()) {
    const bool is_text = format->appends == Appends::lines || format->name == "asc" ||
                         format->name.starts_with("trc");
    const bool known = std::any_of(std::begin(kForms), std::end(kForms),
                                   [&](const Forms& f) { return f.format == format->name; });
    CAPTURE(format->name);
    CHECK((known || !is_text || !format->open));
  }
}
