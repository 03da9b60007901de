// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace can {

/// How much something matters that the library tells about its work.
enum class LogLevel : std::uint8_t {
  off,      ///< as a limit: nothing is told
  error,    ///< what failed
  warning,  ///< an event of a connection: Bus::drain_notices() has the same texts
  info,     ///< a bus or a log was opened
  debug,    ///< configuration files and formats that were looked at
};

/// Receives a line without its end. Called by any thread of the library, one call at a time; it
/// must not call the library.
using LogSink = std::function<void(LogLevel, std::string_view)>;

/// Tells what matters at least as much as `level`; off at first. For any thread.
/// Source: python-can's manual, set_logging_level().
void set_log_level(LogLevel level);
/// The same by name, in any case: "off", "error", "warning", "info", "debug". Throws Errc::invalid.
void set_log_level(std::string_view level);

/// Where the lines go; an empty function: to standard error, as at first. For any thread.
void set_log_sink(LogSink sink);

}  // namespace can
