// SPDX-License-Identifier: MIT
// canlogger: records the messages of buses.

#include <ctime>
#include <filesystem>
#include <system_error>

#include "apps/bus_options.h"
#include "apps/bus_settings.h"
#include "apps/cli.h"
#include "apps/collection.h"
#include "apps/console.h"
#include "apps/file_name.h"
#include "apps/load_report.h"
#include "apps/log_options.h"
#include "apps/record_options.h"
#include "apps/recording_report.h"
#include "apps/signal_time.h"
#include "cansuite/interfaces.h"
#include "formats/registry/publication.h"
#include "formats/registry/vehicle_store.h"
#include "libcan/flow/recording.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"
#include "libcan/platform/storage.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

/// The file that a recording without --append replaces: "drive.log, 1,234 bytes"; "": none.
std::string replaced_by(const RecordOptions& options) {
  std::error_code error;
  if (options.append || rotation_of(options).wanted() ||
      !std::filesystem::is_regular_file(options.file, error))
    return {};
  const std::uintmax_t size = std::filesystem::file_size(options.file, error);
  return size == 0 || error ? "" : fmt::format("{}, {} bytes", options.file, grouped(size));
}

std::unique_ptr<LogWriter> open_file(const Program& program, const RecordOptions& options,
                                     LogOptions log, const Format& format) {
  const IfThere if_there = options.append ? IfThere::append : IfThere::replace;
  const Rotation rotation = rotation_of(options);
  if (options.shows_load()) return std::make_unique<NoLog>();
  log.on_notice = [&program](const std::string& text) { program.warn(text); };
  if (options.to_console() && !rotation.wanted())
    return create_log(options.file, log, &format, if_there);
  return create_rotating_log(options.file, log, format, if_there, rotation);
}

std::unique_ptr<LogWriter> open_publication(const Program& program, const RecordOptions& options,
                                            LogOptions log, Bus& bus,
                                            std::uint64_t& lost_by_spool) {
  if (rotation_of(options).wanted() || options.append)
    fail(Errc::invalid, "{}: a publication is no file to be rotated or continued", options.file);
  log.on_notice = [&program](const std::string& text) { program.warn(text); };
  const auto lost = [&bus] { return bus.counters().dropped; };
  const auto send = [&bus](std::span<const Message> messages) { bus.send(messages); };
  const auto on_lost = [&lost_by_spool](std::uint64_t count) { lost_by_spool = count; };
  return publish(options.file, log, {.lost = lost, .send = send, .on_lost = on_lost});
}

Recording::Options recording_options(const RecordOptions& options) {
  Recording::Options recording{.count = options.count};
  if (!options.duration.empty()) recording.duration = parse_duration(options.duration, 1s);
  if (!options.timeout.empty()) recording.silence = parse_duration(options.timeout, 1ms);
  if (options.to_console()) {  // show messages at once; a file is written in batches
    recording.flush_every = 0ns;
    recording.worth_waking = 1;
    recording.remarks = false;  // stderr shows the remarks; stdout is for messages
  }
  apply(options.endurance, recording);
  return recording;
}

std::string description(const Bus& bus) {
  const std::string details = bus.details();
  return details.empty() ? bus.name() : bus.name() + " (" + details + ")";
}

/// Reads the DBC files: for names in filters, and for a log that has signals.
void use_signals(const Program& program, RecordOptions& options, LogFileOptions& log,
                 BusOptions& bus) {
  options.content = load_content(program, options.signals);
  if (!options.content) return;
  const bool filters = replace_names(bus.filters(), &options.content->catalog);
  log.prefer_console_format("console");
  const bool shown = log.offer_signals(options.content, options.file) && !options.shows_load();
  if (!filters && !shown && options.trigger.when.empty())
    fail(Errc::invalid, "--dbc: expected --when, a message's name in --filter or a log of signals");
}

/// The buses to record, as far as --when says. With --load their channels and rates go to `meter`.
std::unique_ptr<Bus> open_recorded(const RecordOptions& options,
                                   const std::vector<BusConfig>& configs, LoadMeter& meter) {
  auto bus = options.load ? open_metered(configs, meter) : open_buses(configs);
  const signals::Catalog* const catalog = options.content ? &options.content->catalog : nullptr;
  return triggered(std::move(bus), options.trigger, catalog,
                   parse_size(options.endurance.buffer_size) / sizeof(Message));
}

/// Replaces the options of candump by those they stand for.
void translate(const Program& program, RecordOptions& options, LogFileOptions& log,
               BusOptions& bus) {
  for (const std::string& channel : options.channels)
    bus.add_argument(parse_candump_argument(channel));
  if (options.log_by_date) options.file = "candump-%Y-%m-%d_%H%M%S.log";
  options.file = dated(options.file, std::time(nullptr));
  if (options.log_lines || options.log_by_date) log.prefer_format("candump");
  if (options.extra || bus.has_arguments()) log.prefer_console_format("console");
  use_signals(program, options, log, bus);
  const std::string_view format = log.writing(options.file)->name;
  if (options.log_lines && format != "candump")
    fail(Errc::invalid, "-L: not allowed with --format {}", format);
  if (options.extra && format != "candump" && format != "console")
    fail(Errc::invalid, "-x: not allowed with format '{}'", format);
  if (format != "candump") return;
  if (options.extra)
    log.prefer_option("direction", "both");
  else if (options.to_console() || options.log_by_date)
    log.prefer_option("direction", "none");
}

/// What vehicles publish, into the files of a store.
Exit store(const Program& program, const RecordOptions& options, const LogFileOptions& log,
           const std::vector<BusConfig>& buses) {
  const BusConfig& bus = buses.front();
  if (buses.size() > 1) fail(Errc::invalid, "{}: a store has one bus", options.file);
  if (bus.interface != "mqtt")
    fail(Errc::invalid, "{}: %v, the name of a vehicle, needs -i mqtt", options.file);
  if (!bus.filters.empty()) fail(Errc::invalid, "{}: a store has no filters", options.file);
  check_options(bus.options, find_driver(bus.interface)->options, name_of(bus));
  const Rotation rotation = rotation_of(options);
  Collection collection{.bus = bus,
                        .files = options.file,
                        .format = log.writing(options.file),
                        .log = log.options(),
                        .rotate_every = rotation.wanted() ? rotation.every : 0ns};
  if (!options.duration.empty()) collection.duration = parse_duration(options.duration, 1s);
  return collect(program, collection);
}

Exit record(const Program& program, const RecordOptions& options, LogFileOptions& log,
            const BusOptions& bus_options) {
  const std::vector<BusConfig> configs = bus_options.configs();
  if (is_store_pattern(options.file) && !is_publication(options.file))
    return store(program, options, log, configs);
  if (has_several_channels(configs)) log.prefer_console_format("console");
  const Format& format = *log.writing(options.file);
  Recording::Options recording_as = recording_options(options);
  LoadMeter meter;
  // First: a bus that can't be opened leaves the log unchanged.
  const auto bus = open_recorded(options, configs, meter);
  const std::string replaced = replaced_by(options);
  Storage storage(sync_of(options.endurance));
  const bool on_disk = !options.to_console() && !is_publication(options.file);
  recording_as.storage = on_disk ? &storage : nullptr;
  LogOptions log_as = log.options();
  log_as.storage = recording_as.storage;
  std::uint64_t lost_by_spool = 0;
  recording_as.lost_by_log = [&lost_by_spool] { return lost_by_spool; };
  const auto writer = on_disk || options.to_console()
                          ? open_file(program, options, log_as, format)
                          : open_publication(program, options, log_as, *bus, lost_by_spool);
  Signals signals;
  SignalTime time(signals);
  program.say_verbose(fmt::format("recording {} to {}", description(*bus), options.file));
  if (!replaced.empty()) program.say("replaces " + replaced);
  RecordingReport report(program, format, options.to_console(), !options.load);
  LoadReport load(meter, report);
  RecordingListener& listener = options.load ? static_cast<RecordingListener&>(load) : report;
  Recording recording(*bus, *writer, recording_as, time, listener);
  try {
    recording.run();
  } catch (const Error& error) {
    if (error.code() == Errc::closed) throw;
    report.finish(recording);
    if (!time.end_wanted()) throw;
    leave(program.report(error));
  }
  report.finish(recording);
  report.keeps(replaced, recording);
  const Exit status = recording.unwritten() > 0 || storage.faulty() ? Exit::failure : Exit::ok;
  if (time.end_wanted() && !recording.ended()) leave(status);
  return status;
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canlogger", "Record the messages of a CAN bus.",
                  "canlogger [options] [CHANNEL...]",
                  "  canlogger -i udp_multicast -f drive.blf\n"
                  "  canlogger can0 can1,123:7FF,#FFFFFFFF -l         (as candump)\n"
                  "  canlogger -i udp_multicast --filter 7E8:7FF,100~700 --format candump\n"
                  "  canlogger -i udp_multicast -n 1000 --format jsonl | jq .id");
  RecordOptions options;
  add_options(program.app(), options);
  BusOptions bus(program, BusOptions::Filtering::yes, BusOptions::Buses::many);
  LogFileOptions log(program, LogFileOptions::Use::write, "printer");
  add_candump_options(program.app(), options);
  return program.run(
      argc, argv,
      [&] {
        check(program.app(), options, log);
        translate(program, options, log, bus);
        bus.set_default(can::OptionRole::reconnect, options.no_reconnect ? "false" : "true");
        if (options.wait) bus.set_default(can::OptionRole::wait, "true");
        if (options.passive) bus.require(can::OptionRole::listen_only, "true", "--passive");
        if (options.active) bus.require(can::OptionRole::listen_only, "false", "--active");
        return record(program, options, log, bus);
      },
      true);
}
