// SPDX-License-Identifier: MIT
// canlogger: record what is on a bus.

#include <filesystem>
#include <system_error>

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/console.h"
#include "apps/log_options.h"
#include "apps/values.h"
#include "formats/registry/losses.h"
#include "formats/registry/rotation.h"
#include "libcan/flow/recorder.h"
#include "libcan/model/duration.h"
#include "libcan/model/error.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kLookForSignals = 50ms;
constexpr auto kFlushFile = 500ms;          // what a killed logger may lose
constexpr std::size_t kWorthWaking = 1024;  // messages
constexpr auto kMarkLosses = 1s;            // in the log, at most so often
constexpr auto kTellState = 1s;             // with -vv
constexpr auto kLastMessages = 2s;          // of a bus that is to end

struct Options {
  std::string file = "-";
  std::uint64_t count = UINT64_MAX;
  std::string duration;
  bool append = false, no_reconnect = false, wait = false;
  std::string file_size, rotate_every;
  std::uint64_t keep = UINT64_MAX;

  bool to_console() const { return file == "-"; }
};

void add_options(CLI::App& app, Options& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Recording");
  };
  add("-f,--file_name,--file-name", options.file, "FILE", "Log to write [-, the console]");
  add("-n,--count", options.count, "N", "Stop after N messages")->transform(whole_number(1));
  add("--duration", options.duration, "TIME", "Stop after 10s, 5m, 1h")->check(time_span(1s));
  app.add_flag("-a,--append", options.append, "Go on with the log that is there")
      ->group("Recording");
  app.add_flag("--no-reconnect", options.no_reconnect, "Stop when the interface goes down or away")
      ->group("Recording");
  app.add_flag("--wait", options.wait, "Wait for an interface that isn't there yet")
      ->group("Recording");
  add("-s,--file-size", options.file_size, "SIZE", "Begin a new file after 10M bytes, 1G, ...")
      ->check(byte_size());
  add("--rotate-every", options.rotate_every, "TIME", "Begin a new file after 10m, 1h, ...")
      ->check(time_span(1s));
  add("--keep", options.keep, "N", "Keep the last N completed files only")
      ->transform(whole_number(1));
}

Rotation rotation_of(const Options& options) {
  Rotation rotation{.keep = options.keep};
  if (!options.file_size.empty()) rotation.most_bytes = parse_size(options.file_size);
  if (!options.rotate_every.empty()) rotation.every = parse_duration(options.rotate_every, 1s);
  if (options.keep != UINT64_MAX && !rotation.wanted())
    fail(Errc::invalid, "--keep needs --file-size or --rotate-every");
  return rotation;
}

/// What a recording without --append takes the place of: "drive.log, 1,234 bytes"; "" for nothing.
std::string replaced_by(const Options& options) {
  std::error_code error;
  if (options.append || rotation_of(options).wanted() ||
      !std::filesystem::is_regular_file(options.file, error))
    return {};
  const std::uintmax_t size = std::filesystem::file_size(options.file, error);
  return size == 0 || error ? "" : fmt::format("{}, {} bytes", options.file, grouped(size));
}

std::unique_ptr<LogWriter> open_file(const Program& program, const Options& options, LogOptions log,
                                     const Format& format) {
  const IfThere if_there = options.append ? IfThere::append : IfThere::replace;
  const Rotation rotation = rotation_of(options);
  log.on_notice = [&program](const std::string& text) { program.warn(text); };
  if (rotation.wanted()) return create_rotating_log(options.file, log, format, if_there, rotation);
  return create_log(options.file, log, &format, if_there);
}

class Recording {
 public:
  Recording(const Program& program, const Options& options, const LogFileOptions& log,
            const BusOptions& bus)
      : program_(program),
        options_(options),
        format_(*log.writing(options.file)),
        losses_(format_.keeps),
        progress_(!program.verbosity().quiet && !options.to_console()),
        duration_(options.duration.empty() ? std::chrono::nanoseconds::max()
                                           : parse_duration(options.duration, 1s)),
        bus_(bus.open()),
        replaced_(replaced_by(options)),
        writer_(open_file(program, options, log.options(options.file), format_)) {}

  Exit run(Signals& signals) {
    program_.say_verbose(fmt::format("recording {} to {}", description(), options_.file));
    if (!replaced_.empty()) program_.say("replaces " + replaced_);
    // Nobody watches a file: its messages are written some at a time, which costs far less.
    Recorder recorder(*bus_, options_.to_console() ? 1 : kWorthWaking);
    try {
      record(recorder, signals);
    } catch (const Error& error) {
      if (error.code() == Errc::closed) throw;
      count_unwritten(recorder);
      close_after(error);
      if (signals.received() == 0) throw;
      leave(program_.tell(error));
    }
    close();
    report();
    if (signals.received() != 0 && !recorder.ended()) leave(Exit::ok);
    return Exit::ok;
  }

 private:
  void record(Recorder& recorder, Signals& signals) {
    auto end = Clock::time_point::max();  // of waiting for the last messages
    while (!recorder.ended() && messages_ < options_.count && Clock::now() < end) {
      recorder.take(kLookForSignals, options_.count - messages_,
                    [this](std::span<const Message> batch) { write(batch); });
      tell_notes();
      if (Clock::now() >= marked_ + kMarkLosses) mark_losses();
      flush_if_due();
      tell_state_if_due();
      progress_.show(messages_, fmt::format("{} dropped", grouped(bus_->counters().dropped)));
      if (end == end.max() && (signals.received() != 0 || Clock::now() - start_ >= duration_)) {
        end = Clock::now() + kLastMessages;
        recorder.stop();
      }
    }
  }

  /// The log takes no more: what is received by then is lost.
  void count_unwritten(Recorder& recorder) try {
    recorder.stop();
    const auto end = Clock::now() + kLastMessages;
    while (!recorder.ended() && Clock::now() < end)
      recorder.take(kLookForSignals, SIZE_MAX,
                    [this](std::span<const Message> batch) { unwritten_ += batch.size(); });
  } catch (const Error& error) {
    program_.warn(error.what());  // of the bus, besides
  }

  void write(std::span<const Message> batch) {
    unwritten_ += batch.size();
    writer_->write(batch);
    unwritten_ -= batch.size();
    losses_.look_at(batch);
    messages_ += batch.size();
    unflushed_ = true;
  }

  void tell_notes() {
    for (const std::string& note : bus_->take_notes()) {
      progress_.clear();
      program_.warn(note);
      mark(note);
    }
  }

  /// The log says itself where something is missing.
  void mark(const std::string& remark) {
    if (options_.to_console()) return;  // stderr has it; stdout is for messages
    writer_->comment(remark);
    unflushed_ = true;
  }

  void mark_losses() {
    marked_ = Clock::now();
    const std::uint64_t dropped = bus_->counters().dropped;
    if (dropped > marked_dropped_)
      mark(fmt::format("{}: {} lost before here", bus_->name(),
                       counted(dropped - marked_dropped_, "message")));
    marked_dropped_ = dropped;
  }

  /// -vv: how the recording goes, for a log of the logger.
  void tell_state_if_due() {
    if (program_.verbosity().verbose < 2 || Clock::now() < told_ + kTellState) return;
    told_ = Clock::now();
    program_.warn(fmt::format("{}, {} dropped, {} bytes written", counted(messages_, "message"),
                              grouped(bus_->counters().dropped), grouped(writer_->size())));
  }

  // People watch the console; a file only has to survive a kill.
  void flush_if_due() {
    const auto now = Clock::now();
    if (!unflushed_ || (!options_.to_console() && now < flushed_ + kFlushFile)) return;
    writer_->flush();
    flushed_ = now;
    unflushed_ = false;
  }

  void close() {
    mark_losses();
    writer_->close();
  }

  /// The bus or the disk failed: what was received before should stay readable.
  void close_after(const Error& error) {
    try {
      close();
    } catch (const Error& second) {
      if (std::string_view(second.what()) != error.what()) program_.warn(second.what());
    }
    report();
  }

  void report() {
    progress_.clear();
    const BusCounters lost = bus_->counters();
    const std::string summary = fmt::format("{} in {}, {} dropped", counted(messages_, "message"),
                                            to_text(Clock::now() - start_), grouped(lost.dropped));
    if (lost.dropped > 0)
      program_.warn(summary);
    else if (options_.to_console())
      program_.say_verbose(summary);
    else
      program_.say(summary);
    if (unwritten_ > 0)
      program_.warn(fmt::format("{} received and not written", counted(unwritten_, "message")));
    if (lost.malformed > 0)
      program_.warn(fmt::format("{} that held no frame", counted(lost.malformed, "packet")));
    if (options_.to_console()) return;
    for (const std::string& loss : losses_.found())
      program_.say(fmt::format("warning: a {} can't hold {}", format_.title, loss));
    if (const std::string loss = losses_.fine_time(); !loss.empty())
      program_.say_verbose(fmt::format("a {} can't hold {}", format_.title, loss));
  }

  std::string description() const {
    const std::string details = bus_->details();
    return details.empty() ? bus_->name() : bus_->name() + " (" + details + ")";
  }

  const Program& program_;
  const Options& options_;
  const Format& format_;
  Losses losses_;
  Progress progress_;
  std::chrono::nanoseconds duration_;
  std::unique_ptr<Bus> bus_;    // before the writer: a bus that can't be opened costs no log
  const std::string replaced_;  // before the writer, which empties it
  std::unique_ptr<LogWriter> writer_;
  std::uint64_t messages_ = 0, unwritten_ = 0, marked_dropped_ = 0;
  bool unflushed_ = false;
  Clock::time_point start_ = Clock::now(), flushed_ = start_, told_ = start_, marked_ = start_;
};

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canlogger", "Record the messages of a CAN bus.", "canlogger [options]",
                  "  canlogger -i udp_multicast -f drive.blf\n"
                  "  canlogger -i udp_multicast --filter 7E8:7FF,100~700 --format candump\n"
                  "  canlogger -i udp_multicast -n 1000 --format jsonl | jq .id");
  Options options;
  add_options(program.app(), options);
  BusOptions bus(program, BusOptions::Filtering::yes, BusOptions::Buses::many);
  LogFileOptions log(program, LogFileOptions::Use::write, "printer");
  return program.run(
      argc, argv,
      [&] {
        bus.set_default_option("socketcan", "reconnect", options.no_reconnect ? "false" : "true");
        if (options.wait)
          for (const char* interface : {"socketcan", "remote"})
            bus.set_default_option(interface, "wait", "true");
        Recording recording(program, options, log, bus);
        can::Signals signals;
        return recording.run(signals);
      },
      true);
}
