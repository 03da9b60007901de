// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/option.h"

/// The options (-o) of a SocketCAN bus.
namespace can::socketcan {

inline constexpr Option kErrorMask = {.name = "error_mask",
                                      .help = "error frames to receive, as in linux/can/error.h",
                                      .kind = OptionKind::number,
                                      .preset = "0x1FFFFFFF",
                                      .min = 0,
                                      .max = 0x1FFFFFFF,
                                      .role = OptionRole::error_mask};
inline constexpr Option kLocalLoopback = {
    .name = "local_loopback",
    .help = "let other programs of this host receive sent messages",
    .kind = OptionKind::flag,
    .preset = "true",
    .role = OptionRole::local_loopback};
inline constexpr Option kReconnect = {.name = "reconnect",
                                      .help = "wait for an interface that goes down or disappears",
                                      .kind = OptionKind::flag,
                                      .preset = "false",
                                      .role = OptionRole::reconnect};
inline constexpr Option kWait = {.name = "wait",
                                 .help = "wait at the start for a missing or down interface",
                                 .kind = OptionKind::flag,
                                 .preset = "false",
                                 .role = OptionRole::wait};
inline constexpr Option kHardwareTimestamps = {.name = "hardware_timestamps",
                                               .help = "timestamps of a device that has a clock",
                                               .kind = OptionKind::flag,
                                               .preset = "true"};
inline constexpr Option kSamplePoint = {.name = "sample_point",
                                        .help = "sample point of a bit; needs a bit rate",
                                        .kind = OptionKind::fraction,
                                        .unset = "the kernel's choice"};
inline constexpr Option kDataSamplePoint = {
    .name = "data_sample_point",
    .help = "sample point of the data phase; needs a data bit rate",
    .kind = OptionKind::fraction,
    .unset = "the kernel's choice"};
inline constexpr Option kListenOnly = {.name = "listen_only",
                                       .help = "send nothing, acknowledgements included",
                                       .kind = OptionKind::flag,
                                       .unset = "unchanged",
                                       .role = OptionRole::listen_only};
inline constexpr Option kRestart = {.name = "restart_ms",
                                    .help = "pause after bus off in ms; 0: stay bus off",
                                    .kind = OptionKind::number,
                                    .unset = "unchanged",
                                    .min = 0,
                                    .max = 1 << 30};
inline constexpr Option kReceiveBuffer = {.name = "rcvbuf",
                                          .help = "bytes of the receive buffer",
                                          .kind = OptionKind::number,
                                          .preset = "16777216",
                                          .min = 1,
                                          .max = 1 << 30};
inline constexpr Option kOptions[] = {
    kErrorMask,   kLocalLoopback,   kReconnect,  kWait,    kHardwareTimestamps,
    kSamplePoint, kDataSamplePoint, kListenOnly, kRestart, kReceiveBuffer};

}  // namespace can::socketcan
