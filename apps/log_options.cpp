// SPDX-License-Identifier: MIT
#include "apps/log_options.h"

#include <algorithm>
#include <set>

#include "apps/lists.h"
#include "apps/values.h"
#include "formats/registry/publication.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

/// The formats that declare the option, without variants: "blf, mf4".
std::string formats_with(std::string_view option) {
  std::string names;
  std::set<const Option*> seen;  // a variant shares the declarations
  for (const Format* format : formats_with_options())
    if (std::ranges::find(format->options, option, &Option::name) != format->options.end() &&
        seen.insert(format->options.data()).second)
      names.append(names.empty() ? "" : ", ").append(format->name);
  return names;
}

/// Checks a value of the option: a value out of range is wrong usage.
CLI::Validator takes(const Option& option) {
  return CLI::Validator(
      [&option](std::string& value) -> std::string {
        try {
          check_value(option, value);
          return {};
        } catch (const Error& error) {
          const std::string text = error.what();  // "option 'time': expected ..."
          return text.substr(text.find("expected"));
        }
      },
      "");
}

}  // namespace

LogFileOptions::LogFileOptions(Program& program, Use use, std::string console_format)
    : console_format_(std::move(console_format)) {
  CLI::App& app = program.app();
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Log");
  };
  if (use != Use::read) {
    add("--format", format_, "NAME", "Format to write [by the file's extension]");
    of_writing_.emplace_back("--format");
    add_options_of_formats(app);
  }
  if (use != Use::write) add("--from", from_, "NAME", "Format to read [by extension and content]");
  add("--tz", zone_, "ZONE", "Zone of dates in ASC, BLF, MF4: local, utc, +hh:mm");
  add("--threads", threads_, "N", "Threads that (de)compress [one per core]")
      ->transform(whole_number(1, 1024));
  program.add_list("--list-formats", "Show the log formats and what they keep", list_formats);
}

void LogFileOptions::add_options_of_formats(CLI::App& app) {
  std::set<std::string_view> added;
  for (const Format* format : formats_with_options())
    for (const Option& option : format->options)
      if (added.insert(option.name).second) add(app, option);
}

void LogFileOptions::add(CLI::App& app, const Option& option) {
  const std::string name(option.name);
  of_writing_.push_back("--" + name);
  const std::string letter = option.letter ? fmt::format("-{}", option.letter) : "";
  const bool free = !letter.empty() && app.get_option_no_throw(letter) == nullptr;
  const std::string names = (free ? letter + "," : "") + "--" + name;
  const std::string help = fmt::format("{}: {}", formats_with(name), option.help);
  if (option.kind == OptionKind::flag) {
    app.add_flag_callback(
           names, [this, name] { values_[name] = "true"; }, help)
        ->group("Log");
    return;
  }
  const std::string preset = fmt::format("{} [{}]", help, preset_text(option));
  app.add_option_function<std::string>(
         names, [this, name](const std::string& value) { values_[name] = value; }, preset)
      ->type_name(value_syntax(option))
      ->check(takes(option))
      ->group("Log");
}

void LogFileOptions::prefer_format(const std::string& name) {
  if (format_.empty()) format_ = name;
}

LogOptions LogFileOptions::options() const {
  return {
      .zone = parse_time_zone(zone_), .threads = threads_, .options = values_, .signals = signals_};
}

bool LogFileOptions::offer_signals(std::shared_ptr<const signals::LogContent> content,
                                   const std::string& path) {
  if (!find_decoded_form(named(path))) return false;
  signals_ = std::move(content);
  return true;
}

/// The format before its variants.
const Format& LogFileOptions::named(const std::string& path) const {
  const std::string& name = format_.empty() && path == "-" ? console_format_ : format_;
  if (is_publication(path) && !name.empty())
    fail(Errc::invalid, "--format: not allowed with a publication, which has --payload");
  if (name.empty() && path == "-") fail(Errc::invalid, "standard output: expected --format NAME");
  return name.empty() ? format_for_writing(path) : format_named(name);
}

const Format* LogFileOptions::writing(const std::string& path) const {
  const Format& variant = variant_of(named(path), options());
  if (!variant.decodes.empty() && !signals_)
    fail(Errc::invalid, "format '{}': expected --dbc FILE, which defines the signals",
         variant.name);
  check_options(values_, variant.options, fmt::format("format '{}'", variant.name));
  return &variant;
}

const Format* LogFileOptions::reading() const {
  return from_.empty() ? nullptr : &format_named(from_);
}

}  // namespace can::cli
