// SPDX-License-Identifier: MIT
#include "apps/conversion.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "apps/console.h"
#include "apps/log_report.h"
#include "cansuite/merged_log.h"
#include "formats/registry/losses.h"
#include "formats/registry/outputs.h"
#include "formats/registry/publication.h"
#include "formats/registry/split.h"
#include "libcan/flow/log_on_demand.h"
#include "libcan/flow/read_ahead.h"
#include "libcan/model/fail.h"
#include "libcan/signals/transport.h"

namespace can::cli {
namespace {

/// Whether both logs begin with the same message: `output` was then made from `input`.
bool made_of(const std::string& output, const std::string& input) try {
  Message first, other;
  if (open_log(input)->read({&first, 1}) == 0 || open_log(output)->read({&other, 1}) == 0)
    return false;
  const auto apart = std::chrono::abs(first.timestamp - other.timestamp);
  // Other fields may differ: an intermediate format may have lost them.
  return apart < std::chrono::milliseconds(1) && first.id == other.id &&
         std::ranges::equal(first.payload(), other.payload());
} catch (const Error&) {
  return false;
}

/// Refuses an existing log as OUTPUT that may be an input, as in "canconvert *.blf": after several
/// inputs, or after one input of the same format with another first message.
void refuse_forgotten_output(const ConvertOptions& options) {
  if (options.force || !options.store.empty() || !options.output_is_last() ||
      !options.split.empty())
    return;
  const std::string &output = options.output(), &input = options.logs.front();
  const Format* const there = format_of(output);
  if (!there ||
      (options.inputs().size() == 1 && (format_of(input) != there || made_of(output, input))))
    return;
  fail(Errc::invalid, "{}: is an existing {}; -o {} or --force replaces it", output, there->title,
       output);
}

/// The logs of a store are inputs one after the other, and its index is the sink's.
void refuse_output_in_store(const ConvertOptions& options) {
  namespace fs = std::filesystem;
  if (options.store.empty()) return;
  std::error_code ignored;
  const fs::path store = fs::weakly_canonical(options.store, ignored),
                 output = fs::weakly_canonical(options.output(), ignored);
  const auto apart = std::ranges::mismatch(store, output);
  if (apart.in1 == store.end())
    fail(Errc::invalid, "{}: is in the store {}, which only a sink changes", options.output(),
         options.store);
}

/// Whether an output is, or will be, a regular file. Other outputs may have a waiting reader.
bool is_file(const std::string& path) {
  struct ::stat status {};
  return path != "-" && (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode));
}

/// Opens the inputs: one log, or several joined.
std::unique_ptr<LogReader> open_inputs(const Program& program, const ConvertOptions& options,
                                       const LogFileOptions& log) {
  const LogOptions reading = reading_options(program, options, log);
  if (!options.store.empty())
    return open_stored_log(stored_part(program, options), reading, options.keep_going);
  std::vector<std::unique_ptr<LogReader>> logs;
  for (const std::string& path : options.inputs()) {
    logs.push_back(open_log(path, reading, log.reading()));
    logs.back()->keep_going(options.keep_going);
  }
  if (logs.size() == 1) return std::move(logs.front());
  return std::make_unique<MergedLog>(std::move(logs));
}

/// The messages that a log of signals has something of. A log without any would replace a file by
/// nothing, as with a DBC file of another vehicle.
class KnownMessages {
 public:
  KnownMessages(const Format& format, const LogOptions& options) {
    constexpr std::string_view kWithOthers = "jsonl";  // has a line for each message
    if (!format.decodes.empty() && format.decodes != kWithOthers && options.signals)
      decoder_.emplace(options.signals->catalog);
  }

  bool any(std::span<const Message> messages) const {
    if (!decoder_) return true;
    return std::ranges::any_of(messages, [this](const Message& m) {
      return decoder_->find(m) || (decoder_->has_groups() && signals::Transport::is_frame(m));
    });
  }

 private:
  std::optional<signals::Decoder> decoder_;  // null: all
};

class Conversion {
 public:
  Conversion(const Program& program, const ConvertOptions& options, const LogFileOptions& log)
      : program_(program),
        options_(options),
        log_options_(log),
        format_(*log.writing(options.output())),
        losses_(format_.keeps),
        outputs_(format_),
        progress_(!program.verbosity().quiet && !options.events) {}

  Exit run() {
    refuse_output_in_store(options_);
    auto reader = open_inputs(program_, options_, log_options_);
    if (options_.split.empty() && !published_) output_ = &outputs_.add(options_.output());
    refuse_forgotten_output(options_);
    try {
      copy(*reader);
    } catch (const Error& error) {
      if (log_.opened() && error.code() == Errc::corrupt) end_early(*reader, error);
      throw;
    }
    if (!log_.opened()) write_empty(*reader);
    finish(*reader);
    outputs_.commit();
    return Exit::ok;
  }

 private:
  void copy(LogReader& reader) {
    const bool passed_on = !is_file(options_.output());  // a reader may wait for messages
    ReadAhead messages(reader, ReadAhead::kBulk, selection_of(options_.selection));
    std::span<const Message> batch;
    while (messages.next(batch)) {
      if (batch.empty() && passed_on) log_.flush();
      messages_ += batch.size();
      if (!log_.opened() && !known_.any(batch)) continue;
      log_.write(batch);
      losses_.count(batch);
      progress_.show(messages_);
    }
  }

  std::unique_ptr<LogWriter> create_output() {
    const std::string& path = options_.output();
    LogOptions log = log_options_.options();
    log.on_notice = [this](const std::string& text) { program_.warn("warning: " + text); };
    if (published_) return create_log(path, log, &format_);
    if (output_) return create_log(*output_, log, format_);
    return create_split_log(path, log, format_, parse_split(options_.split), outputs_);
  }

  /// Handles an input without messages. Never replaces a file by an empty log. An empty result of
  /// a selection or of a log with warnings is an error.
  void write_empty(const LogReader& reader) {
    const bool all = selection_of(options_.selection).everything();
    const std::string what = messages_ > 0 ? "no message that the DBC files know"
                             : all         ? "no messages to write"
                                           : "no message was selected";
    const std::string& output = options_.output();
    std::error_code ignored;
    const bool there = std::filesystem::is_regular_file(output, ignored) &&
                       std::filesystem::file_size(output, ignored) > 0;
    if (there) fail(Errc::not_found, "{}: {}; {} is as it was", inputs(), what, output);
    if (!all || messages_ > 0 || reader.warning_count() > 0) {
      report_warnings(program_, reader);
      fail(Errc::not_found, "{}: {}", inputs(), what);
    }
    program_.say(fmt::format("{}: {}", inputs(), what));
    log_.open();
  }

  std::string inputs() const {
    if (!options_.store.empty()) return options_.store + ": " + options_.vehicle;
    const auto logs = options_.inputs();
    return logs.size() == 1 ? logs.front() : fmt::format("{} logs", logs.size());
  }

  /// Keeps the messages before a damaged place, beside a file that they would replace.
  void end_early(const LogReader& reader, const Error& error) {
    finish(reader);
    std::string text = error.what();
    for (const std::string& line : outputs_.commit_beside()) text += "; " + line;
    throw Error(error.code(), text);
  }

  void finish(const LogReader& reader) {
    log_.close();
    progress_.clear();
    report_warnings(program_, reader);
    report_losses(program_, format_, losses_);
    program_.say_verbose(counted(messages_, "message"));
  }

  const Program& program_;
  const ConvertOptions& options_;
  const LogFileOptions& log_options_;
  const Format& format_;
  Losses losses_;
  Outputs outputs_;
  const KnownMessages known_{format_, log_options_.options()};
  const bool published_ = is_publication(options_.output());
  const Replacement* output_ = nullptr;  // null: the log is split or published
  Progress progress_;
  LogOnDemand log_{
      [this] { return create_output(); }};  // an unreadable input leaves the output unchanged
  std::uint64_t messages_ = 0;
};

}  // namespace

Exit convert(const Program& program, const ConvertOptions& options, const LogFileOptions& log) {
  const bool output = !options.logs.empty() || !options.output_option.empty();
  if (!output || (options.store.empty() && options.inputs().empty()))
    fail(Errc::invalid, "OUTPUT is required; - is standard output");
  if (!options.store.empty() && !options.inputs().empty())
    fail(Errc::invalid, "{}: is an input besides --from-store", options.inputs().front());
  return Conversion(program, options, log).run();
}

}  // namespace can::cli
