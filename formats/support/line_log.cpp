// SPDX-License-Identifier: MIT
#include "formats/support/line_log.h"

#include <utility>

#include "libcan/model/fail.h"

namespace can {

void LineLogReader::pass_over(Line kind, std::string_view line) {
  const std::uint64_t number = lines_.number();
  if (kind == Line::foreign)
    foreign_.add([&] { return fmt::format("line {}: {}", number, quote(line)); });
  else if (kind == Line::xl)
    xl_.add([&] { return fmt::format("line {}", number); });
}

void LineLogReader::warn_of_cut() {
  if (!lines_end_themselves())
    warn(fmt::format("{}: the last line has no end, so it may be cut", lines_.where()));
}

/// Reports the skipped lines at the end. Throws where no line was known: the log is of another
/// format.
void LineLogReader::stop() {
  if (!lines_.ended()) return;
  if (xl_.count() > 0) warn(fmt::format("{}: {}", lines_.name(), xl_.drain_report()));
  if (foreign_.count() == 0) return;
  const std::string report = foreign_.drain_report();
  if (!std::exchange(has_frames_, true))
    fail(Errc::corrupt, "{}: no frame found; {}", lines_.name(), report);
  warn(fmt::format("{}: {}", lines_.name(), report));
}

}  // namespace can
