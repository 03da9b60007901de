// SPDX-License-Identifier: MIT
#include "drivers/slcan/dialogue.h"

#include <algorithm>

#include "drivers/slcan/codec.h"
#include "libcan/model/fail.h"

namespace can::slcan {
namespace {

using std::chrono::nanoseconds;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// Answers of V and N; some adapters send them twice, and late.
bool is_late(const Answer& answer, std::string_view command) {
  const char first = answer.kind == Answer::Kind::text ? answer.text[0] : '\0';
  return (first == 'V' || first == 'N') && !command.starts_with(first);
}

bool is_traffic(std::string_view text) {
  Message message;
  std::optional<std::uint16_t> milliseconds;
  return decode_frame(text, message, milliseconds) || decode_error(text).has_value();
}

}  // namespace

void Dialogue::say(std::string_view command) {
  line_.write(command);
  line_.write({&kEnd, 1});
}

Answer Dialogue::ask(std::string_view command, nanoseconds limit) {
  line_.read();
  line_.consume(line_.unread().size());  // answers that nobody waits for any more
  say(command);
  const Deadline deadline(limit);
  Answer answer = next(deadline);
  while (is_late(answer, command)) answer = next(deadline);
  return answer;
}

Answer Dialogue::next(const Deadline& deadline) {
  using Kind = Answer::Kind;
  for (;;) {
    while (const auto line = next_line(line_.unread())) {
      line_.consume(line->size);
      const std::string text(line->text);
      const bool bare = text.empty() || text == "z" || text == "Z";
      if (line->refusal) return {.kind = Kind::refused};
      if (bare) return {.kind = Kind::done};
      if (is_traffic(text)) continue;
      if (is_printable(text)) return {.kind = Kind::text, .text = text};
      noise_ += text.size();
    }
    skip_noise();
    if (!wait(deadline)) return {};
  }
}

/// Without it bytes without an end would be looked through again and again.
void Dialogue::skip_noise() {
  const std::size_t size = line_.unread().size();
  if (size <= kLongestLine) return;
  line_.consume(size);
  noise_ += size;
}

/// False when the time is over.
bool Dialogue::wait(const Deadline& deadline) {
  if (deadline.passed()) return false;
  const auto event = line_.wait(deadline.left(), line_.has_unsent());
  if (event == SerialLine::Event::woken) fail(Errc::io, "interrupted");
  line_.flush();
  line_.read();
  return true;
}

}  // namespace can::slcan
