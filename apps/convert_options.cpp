// SPDX-License-Identifier: MIT
#include "apps/convert_options.h"

#include <algorithm>

#include "apps/values.h"
#include "formats/registry/publication.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

/// A script may describe by the command line that it decodes standard input with.
void check_describe(const CLI::App& app, const ConvertOptions& options, const LogFileOptions& log) {
  const auto file = std::ranges::find_if(options.logs, [](auto& path) { return path != "-"; });
  if (options.describe && file != options.logs.end())
    fail(Errc::invalid, "{}: not allowed with --describe, which reads the --dbc files alone",
         *file);
  OptionNames refused =
      with({"--output",  "--force",        "--filter",     "--channel",     "--only",   "--start",
            "--end",     "--vehicle",      "--from-store", "--keep-going",  "--events", "--split",
            "--signals", "--resample",     "--hold",       "--interpolate", "--repair", "--info",
            "--bitrate", "--data-bitrate", "--json"},
           log.of_writing());
  std::erase(refused, "--format");
  refuse_beside(app, "--describe", refused);
}

void check_publication(const CLI::App& app, const ConvertOptions& options) {
  const bool written = !options.output_option.empty() || !options.logs.empty();
  if (options.info || !written || !is_publication(options.output())) return;
  if (options.repair) fail(Errc::invalid, "{}: not allowed with --repair", options.output());
  refuse(app, {"--split"}, "a publication");
  refuse(app, {"--tx-allow"}, "the publication of a log, which has no bus");
}

}  // namespace

void check(const CLI::App& app, const ConvertOptions& options, const LogFileOptions& log) {
  check_describe(app, options, log);
  refuse_beside(app, "--repair",
                {"--dbc", "--signals", "--resample", "--hold", "--interpolate", "--from-store"});
  refuse_beside(
      app, "--info",
      with({"--split", "--force", "--resample", "--hold", "--interpolate"}, log.of_writing()));
  refuse_beside(app, "--from-store", {"--from"});
  refuse_without(app, {"--from-store"}, {"--vehicle"});
  refuse_without(app, {"--info"}, {"--bitrate", "--data-bitrate", "--json"});
  check_publication(app, options);
}

void add_options(CLI::App& app, ConvertOptions& options) {
  app.add_option("INPUT", options.logs, "Logs to read, joined by time; last, the one to write")
      ->type_name("");
  app.add_option("-o,--output", options.output_option, "The log to write; all others are inputs")
      ->type_name("FILE");
  app.add_flag("--force", options.force, "Replace an OUTPUT that may be an input");
  add_options(app, options.selection, "--channel");
  app.add_option("--from-store", options.store, "Read a store of vehicles in place of INPUT")
      ->type_name("FOLDER");
  app.add_option("--vehicle", options.vehicle, "The vehicle of the store")->type_name("NAME");
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places, with warnings");
  app.add_flag("--events", options.events, "Show markers, statistics and the like of the log");
  app.add_option("--split", options.split, "A log per channel, or per TIME of 10m, 1h, ...")
      ->type_name("channel|TIME");
  add_dbc_option(app, options.signals);
  add_content_options(app, options.signals);
  app.add_flag("--describe", options.describe, "Show what the --dbc files say, as JSON Lines")
      ->group("Signals");
  app.add_flag("--repair", options.repair, "Save what a damaged log holds: LOG [OUTPUT]")
      ->excludes("--split");
  app.add_flag("--info", options.info, "Show what the logs hold; ids too with -v")->group("Info");
  const auto add_rate = [&](const char* name, std::uint32_t& value, const char* help) {
    app.add_option(name, value, help)
        ->type_name("N")
        ->group("Info")
        ->transform(whole_number(1000, 100'000'000));
  };
  add_rate("--bitrate", options.bitrate, "Bit rate for the bus load [500000]");
  add_rate("--data-bitrate", options.data_bitrate, "Bit rate of the data phase [2000000]");
}

StoredPart stored_part(const Program& program, const ConvertOptions& options) {
  if (options.vehicle.empty()) fail(Errc::invalid, "--vehicle is required with --from-store");
  StoredPart part{.folder = options.store, .vehicle = options.vehicle};
  const Selection selection = selection_of(options.selection);
  if (selection.start && selection.start->since_epoch) part.from = selection.start->time;
  if (selection.end && selection.end->since_epoch) part.to = selection.end->time;
  if (options.keep_going)
    part.on_removed = [&program](const std::string& text) { program.warn("warning: " + text); };
  return part;
}

LogOptions reading_options(const Program& program, const ConvertOptions& options,
                           const LogFileOptions& log) {
  LogOptions reading = log.options();
  if (options.events)
    reading.on_event = [&program](const LogEvent& event) {
      const double seconds = std::chrono::duration<double>(event.since_start).count();
      program.warn(fmt::format("{}: {:.6f} {}", event.log, seconds, event.text));
    };
  return reading;
}

}  // namespace can::cli
