// SPDX-License-Identifier: MIT
#include "apps/log_report.h"

#include "apps/console.h"

namespace can::cli {

void report_warnings(const Program& program, const LogReader& reader) {
  for (const std::string& warning : reader.warnings()) program.warn("warning: " + warning);
  if (reader.warning_count() > reader.warnings().size())
    program.warn(fmt::format("warning: {} in all", counted(reader.warning_count(), "warning")));
}

void report_losses(const Program& program, const Format& format, const Losses& losses) {
  if (!format.decodes.empty()) return;  // it holds no messages
  for (const std::string& loss : losses.found())
    program.say(fmt::format("warning: a {} can't hold {}", format.title, loss));
  if (const std::string loss = losses.fine_time(); !loss.empty())
    program.say_verbose(fmt::format("a {} can't hold {}", format.title, loss));
}

}  // namespace can::cli
