// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "cansuite/formats.h"

namespace can::console {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

inline constexpr std::string_view kTimes[] = {"a", "d", "z", "A", "n"};
inline constexpr Option kTime = {.name = "time",
                                 .help = "times: absolute, delta, zero, Date, none",
                                 .kind = OptionKind::word,
                                 .preset = kTimes[0],
                                 .words = kTimes,
                                 .letter = 't'};
inline constexpr Option kErrorWords = {.name = "error-words",
                                       .help = "say below an error frame what it means",
                                       .kind = OptionKind::flag,
                                       .preset = "false",
                                       .letter = 'e'};
inline constexpr std::string_view kWhen[] = {"auto", "always", "never"};
inline constexpr Option kColor = {.name = "color",
                                  .help = "colours; auto: on a terminal",
                                  .kind = OptionKind::word,
                                  .preset = kWhen[0],
                                  .words = kWhen};
inline constexpr Option kChanges = {.name = "changes",
                                    .help = "only messages, and signals, that changed",
                                    .kind = OptionKind::flag,
                                    .preset = "false"};
inline constexpr Option kOptions[] = {kTime, kErrorWords, kColor, kChanges};

/// As Format::sniff.
int sniff(std::string_view head);

}  // namespace can::console
