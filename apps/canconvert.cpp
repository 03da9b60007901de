// SPDX-License-Identifier: MIT
// canconvert: converts, joins, splits and examines logs.

#include "apps/cli.h"
#include "apps/console.h"
#include "apps/conversion.h"
#include "apps/convert_options.h"
#include "apps/info.h"
#include "apps/json_text.h"
#include "apps/log_options.h"
#include "apps/log_report.h"
#include "apps/repair.h"
#include "apps/signal_options.h"
#include "cansuite/summary.h"
#include "libcan/flow/read_ahead.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"
#include "libcan/platform/signals.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

/// Runs --info on one log. With --json returns the result; otherwise prints it as text.
std::string info_text(const Program& program, const ConvertOptions& options,
                      const LogFileOptions& log, const signals::Catalog* catalog,
                      const std::string& path) {
  LogInfo info{.file = path, .format = {}, .writer = {}};
  LogOptions reading = reading_options(program, options, log);
  reading.on_event = [&info, tell = reading.on_event](const LogEvent& event) {
    info.add(event);
    if (tell) tell(event);
  };
  const auto [format, reader] = open_recognized(path, reading, log.reading());
  const FileUse output(File(standard_output(), "standard output"), FileUse::Kind::write);
  reader->keep_going(options.keep_going);
  Summary summary(options.bitrate, options.data_bitrate);
  if (catalog) info.check.emplace(*catalog);
  Progress progress(!program.verbosity().quiet && !options.events);
  std::exception_ptr failure;  // thrown after the facts before a damaged place are printed
  try {
    ReadAhead messages(*reader, ReadAhead::kBulk, selection_of(options.selection));
    for (std::span<const Message> batch; messages.next(batch);) {
      summary.add(batch);
      if (info.check) info.check->add(batch);
      progress.show(summary.messages());
    }
  } catch (const Error&) {
    failure = std::current_exception();
  }
  progress.clear();
  info.format = format.title;
  info.writer = reader->writer();
  if (!program.json()) print_info(info, summary, program.verbosity().verbose > 0);
  report_warnings(program, *reader);
  if (failure) std::rethrow_exception(failure);
  return info_json(info, summary);
}

Exit print_all(const Program& program, const ConvertOptions& options, const LogFileOptions& log,
               const signals::Catalog* catalog) {
  if (!options.output_option.empty())
    fail(Errc::invalid, "--output: not allowed with --info, which writes no log");
  std::vector<std::string> all;
  for (const std::string& path : options.logs) {
    if (!all.empty() && !program.json()) std::fputc('\n', standard_output_stream());
    all.push_back(info_text(program, options, log, catalog, path));
  }
  if (program.json()) std::fprintf(standard_output_stream(), "%s\n", json_array(all).c_str());
  return Exit::ok;
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  can::ignore_broken_pipes();
  Program program("canconvert", "Convert, join, split and examine CAN logs.",
                  "canconvert [options] INPUT... OUTPUT, or canconvert --info INPUT...",
                  "  canconvert drive.blf drive.asc\n"
                  "  canconvert --filter 7E8:7FF --start 10s drive.asc.gz - --format candump\n"
                  "  canconvert a.log b.asc both.blf                  (joined by time)\n"
                  "  canconvert --info drive.blf");
  ConvertOptions options;
  add_options(program.app(), options);
  LogFileOptions log(program, LogFileOptions::Use::both);
  return program.run(argc, argv, [&] {
    check(program.app(), options, log);
    if (options.info && !options.store.empty())
      options.logs = stored_logs(stored_part(program, options));
    if (options.describe) return describe(program, options.signals);
    if (options.logs.empty() && options.store.empty())
      can::fail(can::Errc::invalid, "INPUT is required");
    can::end_by_signals_after(can::Replacement::discard_all);
    if (options.repair) return repair(program, options, log);
    const auto content = load_content(program, options.signals);
    const can::signals::Catalog* const catalog = content ? &content->catalog : nullptr;
    replace_names(options.selection.filters, catalog);
    if (options.info) return print_all(program, options, log, catalog);
    log.set_signals(content);
    return convert(program, options, log);
  });
}
