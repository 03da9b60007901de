// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "formats/support/format.h"
#include "formats/support/replacement.h"

namespace can {

/// Every format of formats.def, in its order.
std::span<const Format* const> all_formats();

/// By name ("asc") or extension (".asc", "asc", any case); null when there is none.
const Format* find_format(std::string_view name_or_extension);

/// As find_format, but throws Errc::invalid with the nearest name.
const Format& format_named(std::string_view name_or_extension);

/// The format for writing to `path`, by its extension (".asc.gz" is ".asc"). Throws Errc::invalid
/// with the known extensions.
const Format& format_for_writing(const std::string& path);

/// The format that is written where `format` is asked for with these options: "csv" with the
/// option csv-dialect=extended is "csv-extended".
const Format& variant_of(const Format& format, const LogOptions& options);

/// Opens a log: as `format` when given; else as the format of its extension or, where its first
/// bytes are none of that but another's, as that one. "-" is standard input.
/// Throws Errc::not_found, Errc::unsupported, Errc::corrupt, Errc::io.
std::unique_ptr<LogReader> open_log(const std::string& path, const LogOptions& options = {},
                                    const Format* format = nullptr);

/// The same, and what it was opened as.
struct OpenLog {
  const Format& format;
  std::unique_ptr<LogReader> reader;
};
OpenLog open_recognized(const std::string& path, const LogOptions& options = {},
                        const Format* format = nullptr);

/// Creates or, with IfThere::append, continues a log. "-" is standard output. A regular file is
/// locked until the log is closed, and must have no other use in this program.
/// Throws Errc::invalid (unknown extension, an option that the format doesn't declare or a value it
/// doesn't take, a file in use here), Errc::unsupported (also to append
/// to a log of another format), Errc::not_found, Errc::io (also for a file that another program
/// writes).
std::unique_ptr<LogWriter> create_log(const std::string& path, const LogOptions& options = {},
                                      const Format* format = nullptr,
                                      IfThere if_there = IfThere::replace);

/// Creates a log that takes the place of another once it is closed and `replacement` committed.
std::unique_ptr<LogWriter> create_log(const Replacement& replacement, const LogOptions& options,
                                      const Format& format);

/// The format of the log at `path`; null where there is none that can be read.
const Format* format_of(const std::string& path);

}  // namespace can
