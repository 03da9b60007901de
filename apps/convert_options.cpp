// SPDX-License-Identifier: MIT
#include "apps/convert_options.h"

#include "apps/values.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

void add_selection(CLI::App& app, ConvertOptions& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Selection");
  };
  const auto repeat = [](CLI::Option* option) {
    option->expected(1)->allow_extra_args(false)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll);
  };
  repeat(
      add("--filter", options.filters, "F,F...", "Only ID:MASK, not ID~MASK; standard; extended"));
  repeat(add("--channel", options.channels, "NAME", "Only this channel; may be repeated"));
  add("--only", options.only, "K,K...", "Only these kinds: data, fd, remote, error");
  add("--start", options.start, "TIME", "Only from here: 5s since the start, @EPOCH");
  add("--end", options.end, "TIME", "Only before this");
}

}  // namespace

void add_options(CLI::App& app, ConvertOptions& options) {
  app.add_option("INPUT", options.logs, "Logs to read, joined by time; last, the one to write")
      ->type_name("")
      ->required();
  app.add_option("-o,--output", options.output_option, "The log to write; all others are inputs")
      ->type_name("FILE");
  app.add_flag("--force", options.force, "Replace an OUTPUT that may be an input");
  add_selection(app, options);
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places, with warnings");
  app.add_flag("--events", options.events, "Show markers, statistics and the like of BLF logs");
  app.add_option("--split", options.split, "A log per channel, or per TIME of 10m, 1h, ...")
      ->type_name("channel|TIME");
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

Selection selection_of(const ConvertOptions& options) {
  Selection selection{.filters = parse_filters(options.filters), .start = {}, .end = {}};
  for (const std::string& channel : options.channels) selection.channels.emplace_back(channel);
  if (!options.only.empty()) selection.kinds = parse_kinds(options.only);
  if (!options.start.empty()) selection.start = parse_log_time(options.start);
  if (!options.end.empty()) selection.end = parse_log_time(options.end);
  const LogTime start = selection.start.value_or(LogTime{});
  if (selection.end && selection.end->since_epoch == start.since_epoch &&
      selection.end->time <= start.time)
    fail(Errc::invalid, "--end: expected a time after {}, got {}",
         options.start.empty() ? "the start" : quote(options.start), quote(options.end));
  return selection;
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
