// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cansuite/log.h"
#include "cansuite/option.h"
#include "cansuite/stream.h"

namespace can {

/// How a format keeps the channel of a message.
enum class KeepsChannel {
  no,
  number,     ///< "1" comes back; "can0" comes back as "1", other names as the next free number
  interface,  ///< a name fit for a network interface comes back; others are changed
  name,       ///< every name comes back
};

/// What comes back unchanged when messages are written in a format and read again. For the contract
/// tests, --list-formats and canconvert's warnings of losses.
struct Keeps {
  bool fd = false;                          ///< CAN FD frames with BRS and ESI
  bool error = false;                       ///< error frames as such
  bool error_detail = false;                ///< id and data of error frames
  bool remote = false;                      ///< remote frames with the length requested
  bool direction = false;                   ///< Rx or Tx
  bool raw_dlc = false;                     ///< Message::raw_dlc
  KeepsChannel channel = KeepsChannel::no;  ///< Message::channel
  std::chrono::nanoseconds step{1};         ///< timestamps are rounded down to multiples of this
  bool nothing_when_cut = false;  ///< a cut of the file may lose all messages: packed or sorted
};

/// Keeps all of a message, with times rounded down to `step`.
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

/// The same for a format in which a cut may lose all messages.
constexpr Keeps but_nothing_when_cut(Keeps keeps) {
  keeps.nothing_when_cut = true;
  return keeps;
}

/// How a log is appended to.
enum class Appends {
  no,
  lines,   ///< after the last complete line; create_log() has cut off the rest
  itself,  ///< the writer finds the end in Sink::existing()
};

/// A log format: how it is recognized, read and written.
struct Format {
  std::string_view name;                         ///< the value of --format: "asc"
  std::string_view title;                        ///< for people: "Vector ASCII log"
  std::span<const std::string_view> extensions;  ///< lower case, with the dot
  Keeps keeps;                                   ///< what survives a round trip
  /// The start of the first line of a new log, where that is constant; 0 stands for any digit. It
  /// identifies a log that a power cut left with a part of its first line.
  std::string_view first_line{};
  Appends appends = Appends::no;  ///< a writer appends where Sink::start() is not 0
  bool needs_file = false;        ///< neither pipes nor compressed
  bool at_close = false;          ///< a log is there once it is closed: not for LogOptions::storage
  std::span<const Option> options{};  ///< of writing; LogOptions::options has their values
  /// The format that is written instead, as an option names it (csv-dialect). Null: this one.
  const Format& (*variant)(const LogOptions&) = nullptr;
  /// The name of the format of frames that this one stands for where LogOptions::signals is set:
  /// "csv" of a CSV file of signals. Empty: the format has frames.
  std::string_view decodes{};
  bool shows_signals = false;  ///< has frames, with LogOptions::signals their signals, too

  /// How likely a log that starts with `head` (up to 4 KiB) is of this format: 0 not at all, 1 to
  /// 99 it parses, 100 it has the magic number. Null: only a user who names the format gets it.
  int (*sniff)(std::string_view head) = nullptr;

  /// Opens a log; null: can't be read. Throws Errc::corrupt for a log of another format.
  std::unique_ptr<LogReader> (*open)(std::unique_ptr<Source>, const LogOptions&) = nullptr;
  /// Creates a log, or appends; null: can't be written. Throws Errc::io, Errc::unsupported,
  /// Errc::corrupt.
  std::unique_ptr<LogWriter> (*create)(std::unique_ptr<Sink>, const LogOptions&) = nullptr;
};

/// All formats: those of the library, then the registered ones.
std::span<const Format* const> all_formats();

/// Makes a format of the program's own known by its name, its extensions and its first bytes. It
/// must outlive all uses of the library: make it static. Not while another thread uses the library.
/// Throws Errc::invalid for a name or an extension that another format has.
void register_format(const Format& format);

/// The format by name ("asc") or extension (".asc", "asc", any case); null for none.
const Format* find_format(std::string_view name_or_extension);

}  // namespace can
