// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "formats/support/civil_time.h"
#include "formats/support/stream.h"
#include "libcan/model/log.h"
#include "libcan/model/option.h"

namespace can {

/// What becomes of a message's channel in a log.
enum class KeepsChannel {
  no,
  number,     ///< "1" comes back; "can0" comes back as "1", other names as the next free number
  interface,  ///< comes back where it could be a network interface's name, else as a number's
  name,       ///< comes back as it was
};

/// What comes back unchanged when messages are written to a format and read again.
/// The tests read this; so do --list-formats and canconvert's warning of what gets lost.
struct Keeps {
  bool fd = false;            ///< CAN FD frames with BRS and ESI
  bool error = false;         ///< error frames as such
  bool error_detail = false;  ///< and their id and data
  bool remote = false;        ///< remote frames with the length asked for
  bool direction = false;     ///< Rx or Tx
  bool raw_dlc = false;       ///< raw_dlc
  KeepsChannel channel = KeepsChannel::no;
  std::chrono::nanoseconds step{1};  ///< timestamps come back rounded down to this
  bool nothing_when_cut = false;     ///< messages lie packed or sorted: a cut may cost all of them
};

/// All that a message has, and its time to this step.
constexpr Keeps keeps_all(std::chrono::nanoseconds step = std::chrono::nanoseconds(1),
                          KeepsChannel channel = KeepsChannel::name) {
  return {.fd = true,
          .error = true,
          .error_detail = true,
          .remote = true,
          .direction = true,
          .raw_dlc = true,
          .channel = channel,
          .step = step};
}

/// The same of a format in which a cut may cost all messages.
constexpr Keeps but_nothing_when_cut(Keeps keeps) {
  keeps.nothing_when_cut = true;
  return keeps;
}

/// How a log is continued by a writer that appends.
enum class Appends {
  no,
  lines,   ///< behind its last whole line: create_log() has cut off what stands behind that
  itself,  ///< the format's writer finds the end of what is whole, from Sink::existing()
};

/// What a user may set about a log.
struct LogOptions {
  TimeZone zone{};         ///< of the civil times in a log
  unsigned threads = 0;    ///< for (de)compression; 0: as many as there are cores
  OptionValues options{};  ///< of the format; create_log() refuses one that it doesn't declare
  /// BLF: is told what is no frame, "drive.blf: 12.345678 marker 'overtaking'", while it is read;
  /// times count from the start of the log.
  std::function<void(const std::string&)> on_event{};
  /// Is told what happened to a file: what was cut off a log before it was appended to, a completed
  /// part that can't be deleted.
  std::function<void(const std::string&)> on_notice{};
};

/// One log format. Each formats/<name>.cpp defines one of these and nothing else with linkage.
struct Format {
  std::string_view name;                         ///< what --format takes: "asc"
  std::string_view title;                        ///< "Vector ASCII log"
  std::span<const std::string_view> extensions;  ///< lower case, with the dot
  Keeps keeps;
  /// How the first line of a new log starts, where that is always the same; 0 stands for any digit.
  /// By it a log is known that has no more than a part of that line, since the power was cut.
  std::string_view first_line{};
  Appends appends = Appends::no;      ///< where it is continued, Sink::start() isn't 0
  bool needs_file = false;            ///< can't go through a pipe or be compressed
  std::span<const Option> options{};  ///< of writing; LogOptions::options has their values
  /// The format that is written instead, as an option names it (csv-dialect). Null: this one.
  const Format& (*variant)(const LogOptions&) = nullptr;

  /// How sure this format is that a log starting with `head` (up to 4 KiB) is its own:
  /// 0 not at all, 1-99 it parses, 100 it bears the magic number.
  int (*sniff)(std::string_view head) = nullptr;

  /// Null: can't be read. Throws Errc::corrupt for what is no log of this format.
  std::unique_ptr<LogReader> (*open)(std::unique_ptr<Source>, const LogOptions&) = nullptr;
  /// Null: can't be written.
  std::unique_ptr<LogWriter> (*create)(std::unique_ptr<Sink>, const LogOptions&) = nullptr;
};

}  // namespace can
