// SPDX-License-Identifier: MIT
#include "apps/log_options.h"

#include <cstdlib>

#include "apps/console.h"
#include "apps/lists.h"
#include "apps/values.h"
#include "libcan/model/error.h"

namespace can::cli {

LogFileOptions::LogFileOptions(Program& program, Use use, std::string console_format)
    : console_format_(std::move(console_format)) {
  CLI::App& app = program.app();
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Log");
  };
  if (use != Use::read) {
    add("--format", format_, "NAME", "Format to write [by the file's extension]");
    add("--csv-dialect", csv_dialect_, "NAME", "python-can or extended (all columns)")
        ->check(CLI::IsMember({"python-can", "extended"}).description(""));
    add("--compression-level", compression_level_, "N", "Of BLF, 0 none to 9 best")
        ->transform(whole_number(0, 9));
    add("-t,--time", console_time_, "a|d|z|A|n",
        "console's times: absolute, delta, zero, Date, none")
        ->check(CLI::IsMember({"a", "d", "z", "A", "n"}).description(""));
    app.add_flag("-e,--error-words", error_words_, "console: say what error frames mean")
        ->group("Log");
    add("--color", colour_, "WHEN", "console: auto, always or never [auto]")
        ->check(CLI::IsMember({"auto", "always", "never"}).description(""));
  }
  if (use != Use::write) add("--from", from_, "NAME", "Format to read [by extension and content]");
  add("--tz", zone_, "ZONE", "Zone of dates in ASC and BLF: local, utc, +hh:mm");
  add("--threads", threads_, "N", "Threads that (de)compress [one a core]")
      ->transform(whole_number(1, 1024));
  program.add_list("--list-formats", "Show the log formats and what they keep", list_formats);
}

bool LogFileOptions::coloured(const std::string& path) const {
  const char* no_colour = std::getenv("NO_COLOR");
  return colour_ == "always" ||
         (colour_ == "auto" && path == "-" && stdout_is_terminal() && !(no_colour && *no_colour));
}

LogOptions LogFileOptions::options(const std::string& path) const {
  const auto time = std::string_view("aAdzn").find(console_time_);
  return {.zone = parse_time_zone(zone_),
          .compression_level = compression_level_,
          .threads = threads_,
          .console_time = static_cast<ConsoleTime>(time),  // in the order of the enumeration
          .error_words = error_words_,
          .colour = coloured(path)};
}

const Format* LogFileOptions::writing(const std::string& path) const {
  const std::string& name = format_.empty() && path == "-" ? console_format_ : format_;
  if (name.empty() && path == "-")
    fail(Errc::invalid, "standard output: --format has to say which format");
  const Format& format = name.empty() ? format_for_writing(path) : format_named(name);
  return csv_dialect_ == "extended" && format.name == "csv" ? find_format("csv-extended") : &format;
}

const Format* LogFileOptions::reading() const {
  return from_.empty() ? nullptr : &format_named(from_);
}

}  // namespace can::cli
