// SPDX-License-Identifier: MIT
// Lines of the text formats in their usual form, which a reader's fast path takes, and in others
// that mean the same and are left to its general path. For tests/line_forms_test.cpp and
// tests/fuzz/lines_fuzz.cpp.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

namespace line_forms {

using can::Format;
using can::Message;
using Words = std::vector<std::string>;

/// The lines of a log without their ends.
inline Words lines_of(std::string_view text) {
  Words lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

inline Words split(std::string_view text, std::string_view separators) {
  Words words;
  for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// Unlike split(), keeps empty cells.
inline Words cells_of(std::string_view line, char separator) {
  Words cells(1);
  for (char c : line)
    if (c == separator)
      cells.emplace_back();
    else
      cells.back() += c;
  return cells;
}

inline std::string join(const Words& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return text;
}
inline std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  return text;
}

inline std::string with_comma(std::string number) {
  std::ranges::replace(number, '.', ',');
  return number;
}

/// All forms of a line that mean the same; each is at another place in the list of a format.
inline Words forms_of_asc(const std::string& line) {
  const Words words = split(line, " ");
  const bool classic = words[1] != "CANFD";
  Words zeros = words, comma = words, short_bytes = words, channel = words;
  zeros[0] += "0000";
  comma[0] = with_comma(comma[0]);
  channel[classic ? 1 : 2].insert(0, "0");
  for (std::size_t at = 5; at < words.size() && words[2] != "ErrorFrame"; ++at)
    if (words[at].size() == 2 && words[at][0] == '0') short_bytes[at].erase(0, 1);
  Words forms = {"\t" + join(words, "\t"),
                 join(words, " "),
                 "  " + join(words, "  ") + "  ",
                 lower(line),
                 upper(line),
                 join(zeros, " "),
                 join(comma, "  "),
                 join(channel, " "),
                 join(short_bytes, " ")};
  // Some writers forget the x; of an id beyond 7FF it is known nevertheless.
  const std::string& number = words[classic ? 2 : 3];
  std::string unmarked = line;
  if (number.ends_with('x') && number.size() > 4)
    unmarked.erase(line.find(number) + number.size() - 1, 1);
  forms.push_back(unmarked);
  if (!classic) return forms;
  forms.push_back(line + "  Length = 273910 BitCount = 141");
  forms.push_back(line + " // a remark");
  Words id = words;
  if (words[2] != "ErrorFrame") id[2].insert(0, 8 - std::min<std::size_t>(8, id[2].size()), '0');
  forms.push_back(join(id, "  "));
  return forms;
}

inline std::string dotted(std::string frame) {
  const std::size_t sign = frame.find('#');
  const bool fd = frame[sign + 1] == '#';
  if (frame[sign + 1] == 'R') return frame;
  const std::size_t from = sign + (fd ? 3 : 1), end = std::min(frame.find('_'), frame.size());
  std::string out = frame.substr(0, from);
  for (std::size_t at = from; at < end; at += 2)
    out.append(at == from ? "" : ".").append(frame, at, 2);
  return out + frame.substr(end);
}

inline Words forms_of_candump(const std::string& line) {
  Words words = split(line, " ");
  const std::string time = words[0].substr(1, words[0].size() - 2), channel = words[1],
                    frame = words[2], direction = words.size() > 3 ? " " + words[3] : "";
  const auto form = [](std::string_view a, std::string_view b, std::string_view c) {
    return fmt::format("({}) {} {}", a, b, c);
  };
  Words forms = {"  " + line,
                 form(time + "0000", channel, frame) + direction,
                 form(with_comma(time), channel, frame) + direction,
                 form("  " + time, channel, frame) + direction,
                 form(time, channel, lower(frame)) + lower(direction),
                 form(time, channel, dotted(frame)) + direction,
                 form(time, channel + "\t", frame) + direction,
                 fmt::format("({})\t{}   {}{}  ", time, channel, frame, direction)};
  if (direction.empty()) forms.push_back(line + " R");
  return forms;
}

inline Words forms_of_csv(const std::string& line) {
  Words forms;
  const auto change = [&](std::size_t cell, auto to) {
    Words cells = cells_of(line, ',');
    cells[cell] = to(cells[cell]);
    forms.push_back(join(cells, ","));
  };
  change(0, [](std::string text) { return text + "0000"; });
  change(0, [](std::string text) { return "+" + text; });
  change(0, [](std::string text) { return "000" + text; });
  change(1, [](std::string text) { return "0x" + upper(text.substr(2)); });
  change(1, [](std::string text) { return "0x0000" + text.substr(2); });
  change(5, [](std::string text) { return "0" + text; });
  if (cells_of(line, ',').size() <= 7) return forms;
  change(7, [](std::string text) { return '"' + text + '"'; });
  change(12, [](std::string text) { return "0" + text; });
  return forms;
}

/// The members of an object of a line as the writer has it: no value holds a comma.
inline Words members_of(const std::string& line) {
  return cells_of(std::string_view(line).substr(1, line.size() - 2), ',');
}

inline Words forms_of_jsonl(const std::string& line) {
  const Words members = members_of(line);
  Words reversed(members.rbegin(), members.rend()), few, zeros = members, escaped = members;
  for (const std::string& member : members)
    if (!member.ends_with(":false") && !member.ends_with("null")) few.push_back(member);
  zeros[0] += "0000";
  if (const std::size_t at = escaped[1].find(":\"c"); at != std::string::npos)
    escaped[1].replace(at + 2, 1, "\\u0063");
  return {"{ " + line.substr(1),
          "{" + join(reversed, ",") + "}",
          "{" + join(few, ", ") + " }",
          "{" + join(zeros, ",") + "}",
          "{" + join(escaped, ",") + "}",
          R"({"more":{"id":[1,{"a":"}"}]},)" + line.substr(1),
          line + "  "};
}

inline Words forms_of_trc(const std::string& line) {
  const Words words = split(line, " ");
  Words zeros = words, comma = words;
  zeros[1] += "000000";
  comma[1] = with_comma(comma[1]);
  const bool has_keyword = line.find("Error") != line.npos || line.ends_with("RTR");
  return {"\t" + join(words, "\t"), join(words, " "),
          join(words, "   "),       join(zeros, " "),
          join(comma, " "),         line + "   ",
          line + " ; a remark",     has_keyword ? line : lower(line)};
}

inline Words forms_of_console(const std::string& line) {
  Words words = split(line, " ");
  if (words.back() == "request") {  // two words that stand for one
    words.pop_back();
    words.back() += " request";
  }
  Words zeros = words, small = words;
  zeros[0].insert(zeros[0].size() - 1, "0000");
  for (std::size_t at = 5; at < words.size(); ++at)
    if (words[at] != "ERRORFRAME") small[at] = lower(words[at]);
  Words forms = {join(words, " "), " " + join(words, "\t"), " " + join(words, "   "),
                 join(zeros, " "), join(small, " "),        line + "   "};
  if (words[2] == "RX" && words[3] == "-" && words[4] == "-") {
    Words without = words;
    without.erase(without.begin() + 2, without.begin() + 5);
    forms.push_back(" " + join(without, "  "));
  }
  return forms;
}

inline Words forms_of_canedge(const std::string& line) {
  Words zeros = cells_of(line, ';'), signs = zeros, id = zeros;
  zeros[0] += "0000";
  signs[0].insert(0, "+");
  id[2].insert(0, "00");
  return {join(zeros, ";"), join(signs, ";"), join(id, ";"), lower(line)};
}

inline Words forms_of_gvret(const std::string& line) {
  Words zeros = cells_of(line, ',');
  zeros[0].insert(0, "00");
  zeros[5].insert(0, "0");
  return {join(zeros, ","), lower(line), upper(line)};
}

inline std::string canedge_line(const Message& m) {
  const auto micros = m.timestamp.count() / 1000;
  return fmt::format("{}.{:06};{};{:X};{:d};{};{};{:d};{:d};{:d};{:d};{:d};{:02X}",
                     micros / 1'000'000, micros % 1'000'000, m.channel.name(), m.id,
                     bool{m.extended}, int{can::dlc_of(m)}, int{m.length}, bool{m.transmitted},
                     bool{m.fd}, bool{m.brs}, bool{m.esi}, bool{m.remote},
                     fmt::join(m.payload(), ""));
}

inline std::string gvret_line(const Message& m) {
  return fmt::format("{},{:08X},{},{},{},{},{:02X},", m.timestamp.count() / 1000, m.id,
                     bool{m.extended}, m.transmitted ? "Tx" : "Rx",
                     std::stoi(std::string(m.channel.name())) - 1, int{m.length},
                     fmt::join(m.payload(), ","));
}

/// A text format, and the forms of its lines.
struct Forms {
  std::string_view format;
  Words (*forms)(const std::string& line);
  std::string (*usual)(const Message&) = nullptr;  ///< of a format that is only read
  std::string_view header{};                       ///< the same
};

inline constexpr Forms kForms[] = {
    {"asc", forms_of_asc},
    {"candump", forms_of_candump},
    {"console", forms_of_console},
    {"csv", forms_of_csv},
    {"csv-extended", forms_of_csv},
    {"jsonl", forms_of_jsonl},
    {"trc", forms_of_trc},
    {"trc-1.1", forms_of_trc},
    {"canedge", forms_of_canedge, canedge_line,
     "TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;ESI;RTR;DataBytes"},
    {"gvret", forms_of_gvret, gvret_line,
     "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8"},
};

/// Frames of every kind that a format keeps, on more channels than a reader remembers.
class Frames {
 public:
  Frames(const can::Keeps& keeps, unsigned seed) : keeps_(keeps), random_(seed) {}

  std::vector<Message> next(std::size_t count) {
    std::vector<Message> frames(count);
    for (Message& frame : frames) frame = next();
    return frames;
  }

 private:
  bool coin() { return random_() % 2 == 0; }

  Message next() {
    Message m;
    time_ += std::chrono::nanoseconds(random_() % 700'000'000);
    m.timestamp = time_ - time_ % std::max(keeps_.step, std::chrono::nanoseconds(1000));
    const bool named = keeps_.channel >= can::KeepsChannel::interface;
    if (keeps_.channel != can::KeepsChannel::no)
      m.channel = can::Channel((named ? "can" : "") + std::to_string(1 + random_() % 12));
    m.extended = coin();
    m.id = static_cast<std::uint32_t>(random_()) &
           (m.extended ? can::kExtendedIdMask : can::kStandardIdMask);
    if (random_() % 4 == 0) m.id %= 16;
    m.transmitted = keeps_.direction && coin();
    set_kind(m);
    for (std::uint8_t& byte : m.data) byte = static_cast<std::uint8_t>(random_() % 512);
    return m;
  }

  void set_kind(Message& m) {
    m.length = static_cast<std::uint8_t>(random_() % 9);
    switch (random_() % 6) {
      case 0:
        m.remote = keeps_.remote;
        break;
      case 1:
        if (keeps_.raw_dlc) can::set_dlc(m, static_cast<std::uint8_t>(9 + random_() % 7));
        break;
      case 2:
        if (keeps_.error) make_error(m);
        break;
      case 3:
      case 4:
        m.fd = keeps_.fd;
        m.brs = m.fd && coin();
        m.esi = m.fd && coin();
        if (m.fd) m.length = can::length_of(static_cast<std::uint8_t>(random_() % 16));
        break;
      default:
        break;
    }
  }

  void make_error(Message& m) {
    m.error = true;
    m.extended = m.transmitted = false;
    m.id = keeps_.error_detail ? 1u << random_() % 9 : 0;
    m.length = keeps_.error_detail ? 8 : 0;
  }

  const can::Keeps keeps_;
  std::mt19937 random_;
  std::chrono::nanoseconds time_ = std::chrono::seconds(1'700'000'000);
};

/// A log in lines: what stands before the frames, then a line for each.
struct Lines {
  std::string header;
  Words frames;
};

inline Lines usual_lines(const Forms& forms, const std::vector<Message>& messages) {
  Lines lines;
  if (forms.usual) {
    lines.header = std::string(forms.header) + '\n';
    for (const Message& m : messages) lines.frames.push_back(forms.usual(m));
    return lines;
  }
  std::string bytes;
  auto writer =
      can::format_named(forms.format).create(can::memory_sink(bytes), {.zone = {.local = false}});
  writer->write(messages);
  writer->close();
  Words all = lines_of(bytes);
  if (all.back() == "End TriggerBlock") all.pop_back();
  const auto first = all.end() - static_cast<long>(messages.size());
  for (auto line = all.begin(); line != first; ++line) lines.header += *line + '\n';
  lines.frames.assign(first, all.end());
  return lines;
}

/// What a reader gives: a message, or what is wrong, without the number of the line.
struct Given {
  std::optional<Message> message;
  std::string error;
  bool operator==(const Given&) const = default;
};

inline Given given(const can::Error& error) {
  std::string_view text = error.what();
  for (int colon = 0; colon < 2 && text.find(':') != text.npos; ++colon)
    text.remove_prefix(text.find(':') + 1);
  return {{}, std::string(text)};
}

inline std::vector<Given> read(const Forms& forms, std::string text) {
  std::vector<Given> all;
  std::unique_ptr<can::LogReader> reader;
  try {
    reader = can::format_named(forms.format)
                 .open(can::memory_source(std::move(text)), {.zone = {.local = false}});
  } catch (const can::Error& error) {
    return {given(error)};
  }
  for (Message message;;) try {
      if (reader->read({&message, 1}) == 0) return all;
      all.push_back({message, {}});
    } catch (const can::Error& error) {
      all.push_back(given(error));
    }
}

}  // namespace line_forms
