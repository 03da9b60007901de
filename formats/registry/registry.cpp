// SPDX-License-Identifier: MIT
#include "formats/registry/registry.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "formats/registry/closing_writer.h"
#include "formats/registry/publication.h"
#include "formats/support/files.h"
#include "formats/support/packing.h"
#include "formats/support/whole_lines.h"
#include "libcan/flow/log_on_demand.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/tell.h"

namespace can {

namespace formats {
#define FORMAT(name) extern const Format name;
#include "formats/registry/formats.def"
#undef FORMAT
}  // namespace formats

namespace {

constexpr const Format* kFormats[] = {
#define FORMAT(name) &formats::name,
#include "formats/registry/formats.def"
#undef FORMAT
};

std::vector<const Format*>& known_formats() {
  static std::vector<const Format*> known(std::begin(kFormats), std::end(kFormats));
  return known;
}

constexpr std::size_t kHead = 4096;

/// ".asc" of "a.b/drive.ASC.gz" and "drive.asc.zst"; "" where there is none.
std::string extension_of(std::string_view path) {
  std::string name = to_lower(path.substr(path.find_last_of('/') + 1));
  name.resize(name.size() - packing_of(name).size());
  const std::size_t dot = name.find_last_of('.');
  return dot == name.npos ? "" : name.substr(dot);
}

std::string known_extensions() {
  std::string known;
  for (const Format* format : all_formats())
    for (std::string_view e : format->extensions) known.append(known.empty() ? "" : ", ").append(e);
  return known;
}

/// The names that --from takes.
std::string readable_formats() {
  std::string names;
  for (const Format* format : all_formats())
    if (format->open) names.append(names.empty() ? "" : ", ").append(format->name);
  return names;
}

/// The format of a log by its first bytes: that of its extension, else the most likely one. Null
/// for none.
const Format* recognize(std::string_view head, const Format* named) {
  if (named && named->open && (!named->sniff || named->sniff(head) > 0)) return named;
  const Format* best = nullptr;
  int best_score = 0;
  for (const Format* format : all_formats()) {
    const int score = format->sniff ? format->sniff(head) : 0;
    if (score > best_score) {
      best = format;
      best_score = score;
    }
  }
  return best;
}

/// Why logs with this extension can't be read. Source: the manual of CANedge, chapter "Log file".
std::string_view why_closed(std::string_view extension) {
  constexpr std::pair<std::string_view, std::string_view> kClosed[] = {
      {".mfe", "is encrypted"},
      {".mfc", "is compressed in its recorder's own way"},
      {".mfm", "is encrypted and compressed"}};
  for (const auto& [of, reason] : kClosed)
    if (same_word(extension, of)) return reason;
  return {};
}

const Format& recognize(Source& source, const std::string& path) {
  const Format* named = find_format(extension_of(path));
  const auto recognized = [&](std::string_view head) { return recognize(head, named) != nullptr; };
  const std::string_view head = source.peek(kHead, recognized);
  if (const Format* found = recognize(head, named)) return *found;
  if (head.empty() && path == "-") fail(Errc::corrupt, "{}: is empty", source.name());
  if (named && named->open) return *named;  // its reader reports the reason
  if (const auto closed = why_closed(extension_of(path)); !closed.empty())
    fail(Errc::unsupported, "{}: {}; its maker's tools make a .mf4 of it", source.name(), closed);
  fail(Errc::unsupported, "{}: not a log of a known format; --from names one of {}", source.name(),
       readable_formats());
}

/// Whether a power cut left only a part of the first line.
bool is_cut_start(const Sink& sink, const Format& format) {
  const std::string_view head = sink.head(), start = format.first_line;
  const std::size_t both = std::min(head.size(), start.size());
  return both > 0 && sink.complete_lines() == 0 &&
         matches_pattern(head.substr(0, both), start.substr(0, both));
}

std::string text_of_cut(std::string_view name, std::uint64_t bytes) {
  return fmt::format("{}: cut off a last line without an end, {} bytes", name, bytes);
}

/// Whether the log is text. All binary formats have zeros at their start.
bool has_lines(Source& source) {
  const std::string_view head = source.peek(kHead);
  return head.find('\0') == head.npos && head.find('\n') != head.npos;
}

/// A log is continued in its own format only, after its last complete line.
void prepare_to_append(Sink& sink, const Format& format, const LogOptions& options) {
  if (sink.start() == 0) return;
  if (format.sniff && format.sniff(sink.head()) == 0 && !is_cut_start(sink, format)) {
    const Format* found = recognize(sink.head(), nullptr);
    fail(Errc::unsupported, "{}: {}: a {} can't be appended to it", sink.name(),
         found ? fmt::format("is a {}", found->title) : "is no log of a known format",
         format.title);
  }
  if (format.appends != Appends::lines) return;
  if (sink.head().find('\n') == std::string_view::npos &&
      sink.head().find('\r') != std::string_view::npos)
    fail(Errc::unsupported,
         "{}: its lines end with a carriage return alone, so it is not appended to", sink.name());
  const std::uint64_t whole = sink.complete_lines(), behind = sink.start() - whole;
  sink.cut(whole);
  if (behind > 0 && options.on_notice) options.on_notice(text_of_cut(sink.name(), behind));
}

/// Whether LogWriter::size() is the number of bytes that the messages so far take in the file.
bool has_exact_size(const std::string& path, const Format& format) {
  return !format.keeps.nothing_when_cut && !format.needs_file && packing_of(path).empty();
}

/// The existing file is locked from now on, and is replaced by the first message.
std::unique_ptr<LogWriter> create_on_demand(std::unique_ptr<Sink> sink, const Format& format,
                                            const LogOptions& options) {
  const auto held = std::make_shared<std::unique_ptr<Sink>>(std::move(sink));
  return std::make_unique<LogOnDemand>(
      [held, &format, options] { return format.create(std::move(*held), options); });
}

/// The formats whose logs may have signals: "jsonl, csv".
std::string formats_with_signals() {
  std::string names;
  for (const Format* each : all_formats()) {
    const std::string_view name = each->shows_signals ? each->name : each->decodes;
    if (!name.empty()) names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

}  // namespace

std::span<const Format* const> all_formats() { return known_formats(); }

std::vector<const Format*> formats_with_options() {
  std::vector<const Format*> formats = known_formats();
  formats.push_back(&kPublication);
  return formats;
}

void register_format(const Format& format) {
  if (find_format(format.name)) fail(Errc::invalid, "format {} exists", quote(format.name));
  for (const std::string_view extension : format.extensions)
    if (const Format* other = find_format(extension))
      fail(Errc::invalid, "extension {} is that of format {}", quote(extension),
           quote(other->name));
  known_formats().push_back(&format);
}

const Format* find_format(std::string_view wanted) {
  const std::string key = to_lower(wanted);
  if (key.empty()) return nullptr;
  for (const Format* format : all_formats())
    if (format->name == key || std::ranges::any_of(format->extensions, [&](std::string_view e) {
          return e == key || e.substr(1) == key;
        }))
      return format;
  return nullptr;
}

const Format& format_named(std::string_view wanted) {
  if (const Format* found = find_format(wanted)) return *found;
  std::vector<std::string_view> names;
  for (const Format* format : all_formats()) names.push_back(format->name);
  fail(Errc::invalid, "no log format {}{}; --list-formats shows them", quote(wanted),
       did_you_mean(wanted, names));
}

const Format& format_for_writing(const std::string& path) {
  std::error_code ignored;
  if (path.empty()) fail(Errc::invalid, "expected the name of a log, got ''");
  if (is_publication(path)) return kPublication;
  if (std::filesystem::is_directory(path, ignored))
    fail(Errc::invalid, "{}: is a folder, not a log", path);
  const std::string extension = extension_of(path);
  if (extension.empty())
    fail(Errc::invalid, "{}: has no extension to say its format; known: {}; --format names one",
         path, known_extensions());
  if (const Format* found = find_format(extension)) return *found;
  fail(Errc::invalid, "{}: unknown log format {}; known: {}", path, quote(extension),
       known_extensions());
}

const Format& variant_of(const Format& format, const LogOptions& options) {
  if (!options.signals) return format.variant ? format.variant(options) : format;
  if (const Format* found = find_decoded_form(format)) return *found;
  fail(Errc::invalid, "a {} has frames, not signals; signals are written as {}", format.title,
       formats_with_signals());
}

const Format* find_decoded_form(const Format& format) {
  if (!format.decodes.empty() || format.shows_signals) return &format;
  const auto known = all_formats();
  const auto found = std::ranges::find(known, format.name, &Format::decodes);
  return found == known.end() ? nullptr : *found;
}

OpenLog open_recognized(const std::string& path, const LogOptions& options, const Format* format,
                        LastLine last_line) {
  auto source = open_source(path);
  const Format& chosen = format ? *format : recognize(*source, path);
  if (!chosen.open) fail(Errc::unsupported, "{}: a {} can't be read", path, chosen.title);
  if (chosen.needs_file && source->path().empty())
    fail(Errc::unsupported, "{}: a {} can't be read from a pipe", source->name(), chosen.title);
  if (tells(LogLevel::info)) tell(LogLevel::info, fmt::format("reads {} as {}", path, chosen.name));
  if (last_line == LastLine::whole && has_lines(*source))
    source = whole_lines(std::move(source), [path, tell = options.on_notice](std::size_t bytes) {
      if (tell) tell(text_of_cut(path, bytes));
    });
  return {chosen, chosen.open(std::move(source), options)};
}

std::unique_ptr<LogReader> open_log(const std::string& path, const LogOptions& options,
                                    const Format* format) {
  return open_recognized(path, options, format).reader;
}

void check_writable(const std::string& path, const Format& format, const LogOptions& options) {
  check_options(options.options, format.options, fmt::format("format '{}'", format.name));
  if (is_publication(path) != (&format == &kPublication))
    fail(Errc::unsupported, "{}: is published in batches, not as a {}", path, format.title);
  if (&format == &kPublication) return;
  if (!format.create) fail(Errc::unsupported, "{}: a {} can't be written", path, format.title);
  if (format.at_close && options.storage)
    fail(Errc::unsupported,
         "{}: a {} is written when it is complete, so a power cut would lose all; record another "
         "format, such as .blf, and convert it",
         path, format.title);
  if (!format.needs_file || (path != "-" && packing_of(path).empty())) return;
  fail(Errc::unsupported, "{}: a {} can't be {}", path == "-" ? "standard output" : path,
       format.title, path == "-" ? "written to a pipe" : "compressed");
}

std::unique_ptr<LogWriter> create_log(const std::string& path, const LogOptions& options,
                                      const Format* format, IfThere if_there) {
  const Format& chosen = variant_of(format ? *format : format_for_writing(path), options);
  check_writable(path, chosen, options);
  if (if_there == IfThere::append && chosen.appends == Appends::no)
    fail(Errc::unsupported, "{}: a {} can't be appended to", path, chosen.title);
  if (&chosen == &kPublication) return publish(path, options);
  auto sink = create_sink(path, if_there, options.storage);
  if (if_there == IfThere::append) prepare_to_append(*sink, chosen, options);
  auto log = sink->replaces() ? create_on_demand(std::move(sink), chosen, options)
                              : chosen.create(std::move(sink), options);
  if (tells(LogLevel::info))
    tell(LogLevel::info, fmt::format("writes {} as {}", path, chosen.name));
  return std::make_unique<ClosingWriter>(std::move(log), path, options.storage,
                                         has_exact_size(path, chosen));
}

std::unique_ptr<LogWriter> create_log(const Replacement& replacement, const LogOptions& options,
                                      const Format& format) {
  check_writable(replacement.name(), format, options);
  return std::make_unique<ClosingWriter>(format.create(create_sink(replacement), options),
                                         replacement.name());
}

const Format* format_of(const std::string& path) try {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) == 0)
    return nullptr;
  auto source = open_source(path);
  return recognize(source->peek(kHead), find_format(extension_of(path)));
} catch (const Error&) {
  return nullptr;
}

}  // namespace can
