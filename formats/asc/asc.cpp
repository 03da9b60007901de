// SPDX-License-Identifier: MIT
// The text log of Vector's CANoe and CANalyzer, which many tools write in layouts of their own:
//
//   date Sat Sep 30 03:06:13.191 pm 2017
//   base hex  timestamps absolute
//   internal events logged
//   Begin Triggerblock Sat Sep 30 03:06:13.191 pm 2017
//    0.000000 Start of measurement
//    0.015991 1  18EBFF00x       Rx   d 8 01 A0 0F A6 60 3B D1 40
//    0.018426 2  200             Tx   r 8
//    0.020000 1  ErrorFrame
//    0.045522 CANFD   1 Rx        300                                   1 0 9 12 01 02 ...
//   End TriggerBlock
//
// Source: logs of CANoe 5 to 17 and of other writers; python-can 4 asc.py and can-utils asc2log.c
// for the lines that those read. Civil times have no zone; it comes from LogOptions.
//
// Differences from python-can: the date of the first trigger block stays the start. Relative times
// add up over all events. CANFD lines are hexadecimal in "base dec", too; one without the FD flag
// is a classic frame. A classic line of more than 8 bytes is a CAN FD frame. An id above 7FF is
// extended with or without its x. Times may be negative. A year up to 1970 means no date. Other
// events are skipped, CAN XL frames with a warning.

#include "formats/asc/asc.h"

namespace can {
namespace {

constexpr std::string_view kExtensions[] = {".asc"};

}  // namespace

namespace formats {
extern const Format asc;
constinit const Format asc = {
    .name = "asc",
    .title = "Vector ASCII log",
    .extensions = kExtensions,
    .keeps = {.fd = true,
              .error = true,
              .remote = true,
              .direction = true,
              .raw_dlc = true,
              .channel = KeepsChannel::number,
              .step = std::chrono::microseconds(1)},
    .sniff = asc::sniff,
    .open = asc::open_reader,
    .create = asc::create_writer,
};
}  // namespace formats
}  // namespace can
