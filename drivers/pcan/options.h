// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/vendor_options.h"

/// The options (-o) of a PCAN bus, by python-can's names where it has them.
namespace can::pcan {

using namespace vendor_options;

inline constexpr std::string_view kStates[] = {"ACTIVE", "PASSIVE"};

inline constexpr Option kDeviceId = {.name = "device_id",
                                     .help = "number stored in the device, in place of a channel",
                                     .kind = OptionKind::number,
                                     .unset = "by channel",
                                     .max = 0xFFFFFFFF};
inline constexpr Option kState = {.name = "state",
                                  .help = "PASSIVE: send nothing, not even acknowledgements",
                                  .kind = OptionKind::word,
                                  .preset = "ACTIVE",
                                  .words = kStates,
                                  .role = OptionRole::listen_only,
                                  .yes = "PASSIVE",
                                  .no = "ACTIVE"};
inline constexpr Option kAutoReset =
    flag("auto_reset", "false", "take part in the bus again after bus off");
inline constexpr Option kBtr = {
    .name = "btr", .help = "bit timing instead of a bit rate: BTR0 and BTR1, 4 hex digits"};
inline constexpr Option kClock = {.name = "f_clock",
                                  .help = "clock of a CAN FD controller in Hz",
                                  .kind = OptionKind::number,
                                  .preset = "80000000",
                                  .min = 20'000'000,
                                  .max = 80'000'000};
inline constexpr Option kNomBrp = number("nom_brp", 1024, "CAN FD: prescaler");
inline constexpr Option kNomTseg1 = number("nom_tseg1", 256, "CAN FD: quanta before the sample");
inline constexpr Option kNomTseg2 = number("nom_tseg2", 128, "CAN FD: quanta after the sample");
inline constexpr Option kNomSjw = number("nom_sjw", 128, "CAN FD: jump width in quanta");
inline constexpr Option kDataBrp = number("data_brp", 1024, "data phase: prescaler");
inline constexpr Option kDataTseg1 =
    number("data_tseg1", 32, "data phase: quanta before the sample");
inline constexpr Option kDataTseg2 =
    number("data_tseg2", 16, "data phase: quanta after the sample");
inline constexpr Option kDataSjw = number("data_sjw", 16, "data phase: jump width in quanta");

inline constexpr Option kOptions[] = {
    kLibrary,   kDeviceId, kState,    kAutoReset, kBtr,    kSamplePoint, kDataSamplePoint,
    kClock,     kNomBrp,   kNomTseg1, kNomTseg2,  kNomSjw, kDataBrp,     kDataTseg1,
    kDataTseg2, kDataSjw,  kFlash,    kReconnect, kWait};

}  // namespace can::pcan
