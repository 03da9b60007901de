// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/formats.h"
#include "cansuite/log.h"
#include "formats/support/replacement.h"

namespace can {

/// All formats, and what has options like one: the publication of a log.
std::vector<const Format*> formats_with_options();

/// As find_format(), but throws Errc::invalid with the nearest name.
const Format& format_named(std::string_view name_or_extension);

/// The format to write `path` in, by its extension (".asc.gz" is ".asc"). Throws Errc::invalid with
/// the known extensions.
const Format& format_for_writing(const std::string& path);

/// Throws what create_log() throws for this name, format and options, before it opens the file.
void check_writable(const std::string& path, const Format& format, const LogOptions& options);

/// The format that `format` writes with these options: "csv" with csv-dialect=extended is
/// "csv-extended", and with signals "signals-csv". Throws Errc::invalid for a format without
/// signals.
const Format& variant_of(const Format& format, const LogOptions& options);

/// The format that has signals where `format` has frames; null for none.
const Format* find_decoded_form(const Format& format);
/// What becomes of a last line without a newline, which may be cut: `any` is read, with a warning;
/// with `whole` it is left out, and LogOptions::on_notice is told.
enum class LastLine { any, whole };

/// As open_log(), with the format.
struct OpenLog {
  const Format& format;
  std::unique_ptr<LogReader> reader;
};
OpenLog open_recognized(const std::string& path, const LogOptions& options = {},
                        const Format* format = nullptr, LastLine last_line = LastLine::any);

/// Creates a log in the new file of `replacement`, to be committed once the log is closed.
std::unique_ptr<LogWriter> create_log(const Replacement& replacement, const LogOptions& options,
                                      const Format& format);

/// The format of the log at `path`; null for none that can be read.
const Format* format_of(const std::string& path);

}  // namespace can
