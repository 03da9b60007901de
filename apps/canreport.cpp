// SPDX-License-Identifier: MIT
// canreport: a page about logs: what is in them, and what is unusual.

#include <fcntl.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "apps/cli.h"
#include "apps/console.h"
#include "apps/log_options.h"
#include "apps/option_rules.h"
#include "apps/report/page.h"
#include "apps/selection_options.h"
#include "apps/signal_options.h"
#include "apps/values.h"
#include "formats/registry/outputs.h"
#include "libcan/flow/read_ahead.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

constexpr std::size_t kEvents = 100;  // of a log that are listed

struct Options {
  std::vector<std::string> logs;
  std::string output = "-";
  SelectionOptions selection;
  SignalOptions signals;
  std::uint32_t bitrate = 500'000, data_bitrate = 2'000'000;
  bool keep_going = false;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("LOG", options.logs, "Logs; further ones are compared with the first")
      ->type_name("")
      ->required();
  app.add_option("-o,--output", options.output, "The page to write [standard output]")
      ->type_name("FILE");
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places, with warnings");
  add_options(app, options.selection, "--channel");
  add_dbc_option(app, options.signals);
  add_signals_option(app, options.signals, "Draw these over time: 'Engine*', 'Brake.Pressure'");
  const auto add_rate = [&](const char* name, std::uint32_t& value, const char* help) {
    app.add_option(name, value, help)->type_name("N")->transform(whole_number(1000, 100'000'000));
  };
  add_rate("--bitrate", options.bitrate, "Bit rate for the bus load [500000]");
  add_rate("--data-bitrate", options.data_bitrate, "Bit rate of the data phase [2000000]");
}

void note_event(ReportedLog& log, const LogEvent& event) {
  const double seconds = std::chrono::duration<double>(event.since_start).count();
  if (++log.event_count <= kEvents)
    log.events.push_back(fmt::format("{:.6f} s: {}", seconds, event.text));
}

signals::Catalog of_all(signals::Catalog catalog) {
  catalog.patterns.clear();
  return catalog;
}

ReportedSignals reported_signals(const signals::Catalog& catalog) {
  return {signals::MessageCheck(of_all(catalog)), signals::SignalStatistics(catalog)};
}

/// The logs of a report. All are open until the page is written, so that no log is replaced by it.
class Report {
 public:
  Report(const Program& program, const Options& options, const LogFileOptions& log_options)
      : program_(program), options_(options), progress_(!program.verbosity().quiet) {
    catalog_ = load_catalog(program, options.signals);
    if (catalog_) decoder_.emplace(of_all(*catalog_));
    logs_.reserve(options.logs.size());  // the readers refer to their logs
    for (const std::string& path : options.logs) open(path, log_options);
    if (options.output != "-") page_.emplace(options.output);
  }

  Exit run() {
    bool sound = true;
    for (std::size_t i = 0; i < logs_.size(); ++i) sound &= examine(logs_[i], *readers_[i]);
    write();
    return sound ? Exit::ok : Exit::failure;
  }

 private:
  void open(const std::string& path, const LogFileOptions& log_options) {
    ReportedLog& log =
        logs_.emplace_back(ReportedLog{.name = path,
                                       .format = {},
                                       .writer = {},
                                       .statistics = {options_.bitrate, options_.data_bitrate}});
    if (catalog_) log.signals = reported_signals(*catalog_);
    LogOptions reading = log_options.options();
    reading.on_event = [&log](const LogEvent& event) { note_event(log, event); };
    auto [format, reader] = open_recognized(path, reading, log_options.reading());
    log.format = format.title;
    reader->keep_going(options_.keep_going);
    readers_.push_back(std::move(reader));
  }

  /// What is before a damaged place counts; the place is a warning. False for a damaged log.
  bool examine(ReportedLog& log, LogReader& reader) {
    bool sound = true;
    try {
      read(reader, log);
    } catch (const Error& error) {
      log.warnings.emplace_back(error.what());
      sound = false;
    }
    log.writer = reader.writer();
    log.warnings.insert(log.warnings.end(), reader.warnings().begin(), reader.warnings().end());
    progress_.clear();
    for (const std::string& warning : log.warnings) program_.warn(warning);
    return sound;
  }

  void read(LogReader& reader, ReportedLog& log) {
    ReadAhead messages(reader, ReadAhead::kBulk, selection_of(options_.selection));
    for (std::span<const Message> batch; messages.next(batch);) {
      log.statistics.add(batch);
      if (log.signals) add(*log.signals, batch);
      progress_.show(log.statistics.messages());
    }
  }

  void add(ReportedSignals& signals, std::span<const Message> batch) const {
    signals.check.add(batch);
    if (!catalog_->patterns.empty()) signals.chosen.add(batch);
  }

  NameOf names() const {
    if (!decoder_) return {};
    return [this](const Message& message) {
      const signals::MessageDefinition* found = decoder_->find(message);
      return found ? found->name : std::string();
    };
  }

  void write() {
    if (page_) return write_file();
    std::FILE* const out = standard_output_stream();
    write_page(logs_, names(),
               [out](const std::string& part) { std::fwrite(part.data(), 1, part.size(), out); });
  }

  void write_file() {
    constexpr std::size_t kBlock = 1 << 16;
    std::string waiting;
    File file(page_->path(), O_WRONLY | O_CREAT | O_TRUNC, page_->name());
    write_page(logs_, names(), [&](const std::string& part) {
      waiting += part;
      if (waiting.size() >= kBlock) file.write(std::exchange(waiting, {}));
    });
    file.write(waiting);
    file.close();
    page_->commit();
  }

  const Program& program_;
  const Options& options_;
  Progress progress_;
  std::shared_ptr<const signals::Catalog> catalog_;  // null without DBC files
  std::optional<signals::Decoder> decoder_;          // of all messages; null without DBC files
  std::vector<ReportedLog> logs_;
  std::vector<std::unique_ptr<LogReader>> readers_;
  std::optional<Replacement> page_;
};

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canreport", "Make a page about CAN logs.",
                  "canreport [options] LOG... -o REPORT.html",
                  "  canreport drive.blf -o drive.html\n"
                  "  canreport drive.blf --dbc body.dbc --signals 'Engine*' -o drive.html\n"
                  "  canreport before.asc after.asc -o both.html    (and what differs)");
  Options options;
  add_options(program.app(), options);
  LogFileOptions log(program, LogFileOptions::Use::read);
  return program.run(argc, argv, [&] {
    refuse_without(program.app(), {"--list-formats"}, {"--json"});
    can::end_by_signals_after(can::Replacement::discard_all);
    return Report(program, options, log).run();
  });
}
