// SPDX-License-Identifier: MIT
#include "formats/registry.h"

#include <algorithm>

#include "libcan/error.h"

namespace can {

namespace formats {
#define FORMAT(name) extern const Format name;
#include "formats/formats.def"
#undef FORMAT
}  // namespace formats

namespace {

constexpr const Format* kFormats[] = {
#define FORMAT(name) &formats::name,
#include "formats/formats.def"
#undef FORMAT
};

constexpr std::size_t kHead = 4096;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// ".asc" of "a.b/drive.ASC.gz"; "" where there is none.
std::string extension_of(std::string_view path) {
  std::string name = lower(path.substr(path.find_last_of('/') + 1));
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  const std::size_t dot = name.find_last_of('.');
  return dot == name.npos ? "" : name.substr(dot);
}

std::string known_extensions() {
  std::string known;
  for (const Format* format : kFormats)
    for (std::string_view e : format->extensions) known.append(known.empty() ? "" : ", ").append(e);
  return known;
}

/// The format of a log by its first bytes and, between equals, its extension. Null: none.
const Format* recognize(std::string_view head, std::string_view extension) {
  const Format* named = find_format(extension);
  if (named && named->open && (!named->sniff || named->sniff(head) > 0)) return named;
  const Format* best = nullptr;
  int best_score = 0;
  for (const Format* format : kFormats) {
    const int score = format->sniff ? format->sniff(head) : 0;
    if (score > best_score) {
      best = format;
      best_score = score;
    }
  }
  return best ? best : named;
}

const Format& recognize(std::unique_ptr<Source>& source, const std::string& path) {
  const std::string extension = extension_of(path);
  if (const Format* found = recognize(peek(source, kHead), extension)) return *found;
  fail(Errc::unsupported, "{}: not a log of a known format; --from names one of {}", source->name(),
       known_extensions());
}

}  // namespace

std::span<const Format* const> all_formats() { return kFormats; }

const Format* find_format(std::string_view wanted) {
  const std::string key = lower(wanted);
  if (key.empty()) return nullptr;
  for (const Format* format : kFormats)
    if (format->name == key || std::ranges::any_of(format->extensions, [&](std::string_view e) {
          return e == key || e.substr(1) == key;
        }))
      return format;
  return nullptr;
}

const Format& format_named(std::string_view wanted) {
  if (const Format* found = find_format(wanted)) return *found;
  std::vector<std::string_view> names;
  for (const Format* format : kFormats) names.push_back(format->name);
  fail(Errc::invalid, "no log format {}{}; --list-formats shows them", quote(wanted),
       did_you_mean(wanted, names));
}

const Format& format_for_writing(const std::string& path) {
  const std::string extension = extension_of(path);
  if (const Format* found = find_format(extension)) return *found;
  fail(Errc::invalid, "{}: unknown log format {}; known: {}", path, quote(extension),
       known_extensions());
}

OpenLog open_recognized(const std::string& path, const LogOptions& options, const Format* format) {
  auto source = open_source(path);
  const Format& chosen = format ? *format : recognize(source, path);
  if (!chosen.open) fail(Errc::unsupported, "{}: a {} can't be read", path, chosen.title);
  if (chosen.needs_file && source->path().empty())
    fail(Errc::unsupported, "{}: a {} can't be read from a pipe", source->name(), chosen.title);
  return {chosen, chosen.open(std::move(source), options)};
}

std::unique_ptr<LogReader> open_log(const std::string& path, const LogOptions& options,
                                    const Format* format) {
  return open_recognized(path, options, format).reader;
}

std::unique_ptr<LogWriter> create_log(const std::string& path, const LogOptions& options,
                                      const Format* format, IfThere if_there) {
  const Format& chosen = format ? *format : format_for_writing(path);
  if (!chosen.create) fail(Errc::unsupported, "{}: a {} can't be written", path, chosen.title);
  if (if_there == IfThere::append && !chosen.appends)
    fail(Errc::unsupported, "{}: a {} can't be appended to", path, chosen.title);
  if (chosen.needs_file && (path == "-" || path.ends_with(".gz")))
    fail(Errc::unsupported, "{}: a {} can't be {}", path == "-" ? "standard output" : path,
         chosen.title, path == "-" ? "written to a pipe" : "compressed");
  return chosen.create(create_sink(path, if_there), options);
}

}  // namespace can
