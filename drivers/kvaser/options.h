// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/vendor_options.h"

/// The options (-o) of a Kvaser bus, by python-can's names where it has them.
namespace can::kvaser {

using namespace vendor_options;

inline constexpr Option kTseg1 =
    number("tseg1", 512, "quanta from the sync segment to the sample point");
inline constexpr Option kTseg2 =
    number("tseg2", 512, "quanta from the sample point to the end of the bit");
inline constexpr Option kSjw = number("sjw", 512, "synchronization jump width in quanta");
inline constexpr Option kNoSamp =
    number("no_samp", 3, "samples of a bit, 1 or 3; 0: the device's own");
inline constexpr Option kDriverMode = {.name = "driver_mode",
                                       .help = "take part in the bus; false: silent",
                                       .kind = OptionKind::flag,
                                       .preset = "true",
                                       .role = OptionRole::listen_only,
                                       .yes = "false",
                                       .no = "true"};
inline constexpr Option kSingleHandle =
    flag("single_handle", "true", "one handle for both directions, which hears other programs");
inline constexpr Option kVirtual =
    flag("accept_virtual", "true", "allow Kvaser's virtual channels");
inline constexpr Option kSole = flag("exclusive", "false", "keep other programs off the channel");
inline constexpr Option kOverride =
    flag("override_exclusive", "false", "ignore that others did so");
inline constexpr Option kNoInit =
    flag("no_init_access", "false", "leave the bit rate to the program that opened it first");
inline constexpr Option kNonIso = flag("fd_non_iso", "false", "CAN FD as before ISO 11898-1:2015");

inline constexpr Option kOptions[] = {
    kLibrary,         kTseg1,      kTseg2,        kSjw,       kNoSamp, kSamplePoint,
    kDataSamplePoint, kDriverMode, kSingleHandle, kVirtual,   kSole,   kOverride,
    kNoInit,          kNonIso,     kFlash,        kReconnect, kWait};

}  // namespace can::kvaser
