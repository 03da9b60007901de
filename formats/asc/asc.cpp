// SPDX-License-Identifier: MIT
// The text log of CANoe and CANalyzer (Vector), which many tools write in their own way:
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
// for which lines those read. A civil time has no zone: LogOptions tells it.
//
// Other than in python-can: the date of the first trigger block stays the start; relative times add
// up over the events of all kinds; CANFD lines are hexadecimal in "base dec" too; one without the
// FD flag is a classic frame; a classic line with more than 8 bytes is a CAN FD frame; an id above
// 7FF is extended with or without its x; times may be negative. A year up to 1970 means no date.
// Events other than frames are skipped, CAN XL frames with a warning.

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
