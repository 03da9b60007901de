// SPDX-License-Identifier: MIT
// The output of candump -x on a terminal:
//
//   (1551774790.942758)  can0  RX - -  123   [4]  DE AD BE EF
//   (1551774790.942759)  can0  TX B E  12345678  [12]  00 11 22 33 44 55 66 77 88 99 AA BB
//   (2019-03-05 09:33:10.942761)  can0  RX - -  123   [0]  remote request
//   (003.000000)  can0  RX - -  20000004   [8]  00 04 00 00 00 00 00 00   ERRORFRAME
//
// Source: can-utils candump.c, lib.c. Two digits in the brackets mean CAN FD. {D} is the data
// length code of a classic frame of 8 bytes, as by candump -8. The letters of the columns RX - -
// are BRS and ESI. These columns may be missing, and the time, too: all times are then 0. Relative
// times, of -t d and -t z, are read as they are. Lines that start with a tab explain the error
// frame or have the signals of the frame before them.

#include "formats/console/console.h"

namespace can {
namespace formats {
extern const Format console;
constinit const Format console = {
    .name = "console",
    .title = "candump console output",
    .extensions = {},
    .keeps = keeps_all(std::chrono::microseconds(1), KeepsChannel::interface),
    .options = console::kOptions,
    .shows_signals = true,
    .sniff = console::sniff,
    .open = console::open_reader,
    .create = console::create_writer,
};
}  // namespace formats
}  // namespace can
