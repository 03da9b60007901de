// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "formats/support/format.h"
#include "formats/support/replacement.h"

namespace can {

/// All formats of formats.def, in its order.
std::span<const Format* const> all_formats();

/// The format by name ("asc") or extension (".asc", "asc", any case); null for none.
const Format* find_format(std::string_view name_or_extension);

/// As find_format(), but throws Errc::invalid with the nearest name.
const Format& format_named(std::string_view name_or_extension);

/// The format to write `path` in, by its extension (".asc.gz" is ".asc"). Throws Errc::invalid with
/// the known extensions.
const Format& format_for_writing(const std::string& path);

/// The format that `format` writes with these options: "csv" with csv-dialect=extended is
/// "csv-extended".
const Format& variant_of(const Format& format, const LogOptions& options);

/// Opens a log, in `format` when given. Otherwise in the format of its extension, unless its first
/// bytes are not of that but of another format. "-" is standard input. Throws Errc::not_found,
/// Errc::unsupported, Errc::corrupt, Errc::io.
std::unique_ptr<LogReader> open_log(const std::string& path, const LogOptions& options = {},
                                    const Format* format = nullptr);

/// As open_log(), with the format.
struct OpenLog {
  const Format& format;
  std::unique_ptr<LogReader> reader;
};
OpenLog open_recognized(const std::string& path, const LogOptions& options = {},
                        const Format* format = nullptr);

/// Creates a log, or continues one with IfThere::append. "-" is standard output. A regular file is
/// locked until the log is closed and must have no other use in this process. The log is complete
/// when its writer is closed or destroyed; close() reports errors and may be called twice; writing
/// to a closed log throws Errc::invalid. Throws Errc::invalid
/// (unknown extension, an undeclared option or its bad value, a file in use here),
/// Errc::unsupported (also to append to a log of another format), Errc::not_found, Errc::io (also
/// for a file that another program writes).
std::unique_ptr<LogWriter> create_log(const std::string& path, const LogOptions& options = {},
                                      const Format* format = nullptr,
                                      IfThere if_there = IfThere::replace);

/// Creates a log in the new file of `replacement`, to be committed once the log is closed.
std::unique_ptr<LogWriter> create_log(const Replacement& replacement, const LogOptions& options,
                                      const Format& format);

/// The format of the log at `path`; null for none that can be read.
const Format* format_of(const std::string& path);

}  // namespace can
