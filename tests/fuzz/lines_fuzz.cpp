// SPDX-License-Identifier: MIT
// One line of a text format: it means the same alone and behind usual lines, which a reader
// remembers parts of, and the same in a form that only the general path of the reader takes. The
// first byte picks the format.
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "tests/line_forms.h"

using namespace line_forms;

namespace {

constexpr std::size_t kUsual = 40;

struct Log {
  std::string header, usual, mark;
};

Log make_log(const Forms& forms) {
  const Lines lines =
      usual_lines(forms, Frames(can::format_named(forms.format).keeps, 7).next(kUsual));
  const std::string header = lines.header.empty() ? "\n" : lines.header;
  return {header, join(lines.frames, "\n") + "\n", "\n" + lines.frames.back() + "\n"};
}

const Log& log_of(std::size_t number) {
  static const std::vector<Log> logs = [] {
    std::vector<Log> all;
    for (const Forms& forms : kForms) all.push_back(make_log(forms));
    return all;
  }();
  return logs[number];
}

std::string doubled(std::string_view line) {
  std::string out;
  for (const char c : line) out.append(c == ' ' ? 2 : 1, c);
  return out;
}

/// "0,0,0,8," as "0,0,0,08,", behind the id.
std::string longer_length(std::string line) {
  const std::size_t id = line.find(','), flags = id == line.npos ? id : line.find(',', id + 1);
  if (flags == line.npos || flags + 8 >= line.size()) return line;
  for (const std::size_t at : {2, 4, 6, 8})
    if (line[flags + at] != ',') return line;
  const char length = line[flags + 7];
  return length >= '0' && length <= '9' ? line.insert(flags + 7, "0") : line;
}

/// The line as only the general path takes it. As it is where the blanks in it mean something.
std::string general(const Forms& forms, const std::string& line) {
  const auto has = [&](std::string_view text) { return line.find(text) != line.npos; };
  if (forms.format.starts_with("csv")) return longer_length(line);
  if (forms.format == "jsonl") return line.starts_with('{') ? "{ " + line.substr(1) : line;
  if (has("ID =") || has(".1000000)") || has("remote") || has("date")) return line;
  if (forms.format == "trc" && (has(" 12 ") || has(" 24 ") || has(";"))) return line;
  const bool is_spaced = forms.format == "asc" || forms.format == "candump" ||
                         forms.format == "console" || forms.format == "trc";
  return is_spaced ? doubled(line) : line;
}

/// The messages, with a place for each line that is an error.
std::vector<std::optional<Message>> messages_of(const std::vector<Given>& all) {
  std::vector<std::optional<Message>> messages;
  for (const Given& each : all) messages.push_back(each.message);
  return messages;
}

[[noreturn]] void differs(const char* how, const Forms& forms, const std::string& line) {
  std::fprintf(stderr, "%s: %.*s: '%s'\n", how, static_cast<int>(forms.format.size()),
               forms.format.data(), line.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t number = data[0] % std::size(kForms);
  const Forms& forms = kForms[number];
  const Log& log = log_of(number);
  std::string line(reinterpret_cast<const char*>(data) + 1, size - 1);
  line.resize(std::min(line.find_first_of("\r\n"), line.size()));
  auto alone = read(forms, log.header + line + log.mark);
  auto behind = read(forms, log.header + log.usual + line + log.mark);
  // The line may be a header, which says how the mark behind it is read.
  alone.pop_back();
  behind.pop_back();
  behind.erase(behind.begin(), behind.begin() + kUsual);
  if (alone != behind) differs("alone and behind others", forms, line);
  auto otherwise = read(forms, log.header + general(forms, line) + log.mark);
  otherwise.pop_back();
  if (messages_of(alone) != messages_of(otherwise)) differs("in two forms", forms, line);
  return 0;
}
