// SPDX-License-Identifier: MIT
#include "apps/record_options.h"

#include "apps/option_rules.h"
#include "apps/values.h"
#include "formats/registry/publication.h"
#include "formats/registry/vehicle_store.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/model/quantity.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

/// A store keeps all that vehicles publish, as they publish it.
void check_store(const CLI::App& app) {
  refuse(app, {"--append",      "--load",         "--count",  "--timeout", "--filter",
               "--dbc",         "--when",         "--before", "--after",   "--file-size",
               "--keep",        "--keep-size",    "--sync",   "--clock",   "--write-interval",
               "--buffer-size", "--no-reconnect", "--wait",   "--active",  "--passive",
               "--json"},
         "a store, which has only --rotate-every and --duration");
}

void check_publication(const CLI::App& app) {
  refuse(app, {"--sync", "--write-interval"}, "a publication, whose spool is synced");
  refuse(app, {"--ack-timeout"}, "a recording, which never waits for a sink");
  refuse(app, {"-L"}, "a publication, which has --payload");
}

/// What --load shows instead of messages.
void check_load(const CLI::App& app, const LogFileOptions& log) {
  refuse(app,
         with({"--append", "-L", "-x", "--when", "--before", "--after", "--file-size",
               "--rotate-every", "--keep", "--keep-size", "--sync", "--write-interval"},
              log.of_writing()),
         "--load where no log is written");
}

}  // namespace

void add_options(CLI::App& app, RecordOptions& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Recording");
  };
  add("-f,--file_name,--file-name", options.file, "FILE", "Log to write [-, the console]");
  add("-n,--count", options.count, "N", "Stop after N messages")->transform(whole_number(1));
  add("--duration", options.duration, "TIME", "Stop after 10s, 5m, 1h")->check(time_span(1s));
  app.add_flag("-a,--append", options.append, "Continue an existing log")->group("Recording");
  app.add_flag("--no-reconnect", options.no_reconnect, "Stop when the interface goes down")
      ->group("Recording");
  app.add_flag("--passive", options.passive, "Only listen, without acknowledgements")
      ->group("Recording");
  app.add_flag("--active", options.active, "Take part in the bus, as most interfaces do anyway")
      ->excludes("--passive")
      ->group("Recording");
  app.add_flag("--wait", options.wait, "Wait for a missing interface at the start")
      ->group("Recording");
  add("-s,--file-size", options.file_size, "SIZE", "Begin a new file after 10M bytes, 1G, ...")
      ->check(byte_size());
  add("--rotate-every", options.rotate_every, "TIME", "Begin a new file after 10m, 1h, ...")
      ->check(time_span(1s));
  add("--keep", options.keep, "N", "Keep only the last N completed files")
      ->transform(whole_number(1));
  add("--keep-size", options.keep_size, "SIZE", "Keep completed files of this size together")
      ->check(byte_size());
  add_options(app, options.endurance);
  add_dbc_option(app, options.signals);
  add_options(app, options.trigger);
}

void add_candump_options(CLI::App& app, RecordOptions& options) {
  const auto flag = [&](const char* names, bool& value, const char* help) {
    return app.add_flag(names, value, help)->group("As in candump");
  };
  app.add_option("CHANNEL", options.channels, "can0 or can0,ID:MASK,...; may be repeated")
      ->type_name("");
  app.add_option("-T,--timeout", options.timeout, "Stop after this time without a message, in ms")
      ->type_name("MS")
      ->check(time_span(1ms))
      ->group("As in candump");
  app.add_flag("--load", options.load, "Show the load of each channel instead of messages")
      ->group("Recording");
  flag("-l", options.log_by_date, "Log to candump-DATE_TIME.log")->excludes("--file-name");
  flag("-L", options.log_lines, "The same lines on the console; --format candump");
  flag("-x", options.extra, "Show the direction of messages")->excludes("--direction");
}

void check(const CLI::App& app, const RecordOptions& options, const LogFileOptions& log) {
  if (is_publication(options.file))
    check_publication(app);
  else if (is_store_pattern(options.file))
    check_store(app);
  else if (!options.to_console() || options.log_by_date)
    return;
  else if (options.load)
    check_load(app, log);
  else
    refuse(app, {"--append", "--sync"}, "the console");
}

Rotation rotation_of(const RecordOptions& options) {
  Rotation rotation{.keep = options.keep};
  if (!options.file_size.empty()) rotation.max_bytes = parse_size(options.file_size);
  if (!options.rotate_every.empty()) rotation.every = parse_duration(options.rotate_every, 1s);
  if (!options.keep_size.empty()) rotation.keep_bytes = parse_size(options.keep_size);
  if (rotation.deletes() && !rotation.wanted())
    fail(Errc::invalid, "{} needs --file-size or --rotate-every",
         options.keep_size.empty() ? "--keep" : "--keep-size");
  return rotation;
}

}  // namespace can::cli
