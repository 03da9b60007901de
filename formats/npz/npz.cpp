// SPDX-License-Identifier: MIT
// NumPy's archive of arrays, one row a message, for numpy.load() without pickles:
//
//   timestamp  int64         ns since the Unix epoch
//   id         uint32        arbitration id
//   flags      uint8         1 extended, 2 remote, 4 error, 8 CAN FD, 16 BRS, 32 ESI, 64 Tx
//   dlc        uint8         data length code, 0-15
//   length     uint8         bytes of data; of a remote frame, the bytes requested
//   data       uint8 n x 64  padded with zeros
//   channel    str           "" for none
//
// Source: NumPy's documentation, numpy.lib.format (version 1.0) and numpy.savez_compressed; PKWARE
// APPNOTE.TXT 6.3.10. The arrays are collected in temporary files, so that a log exists once it is
// closed and takes twice its compressed size on disk until then. The reader accepts integers of any
// size, and for timestamps also datetime64 and floating point numbers, which are seconds. Only
// timestamp and id are required.
//
// A log of signals has arrays for each message that comes, with a row a message:
//
//   Engine.time         int64    ns since the Unix epoch
//   Engine.channel      str
//   Engine.source       int64    of J1939; Engine.destination: -1 for all
//   Engine.Speed        float64  physical; nan where the message hasn't the signal
//   Engine.Counter.raw  uint64   of signals of more than 53 bits, before factor and offset
//
// Resampled, it has time, and a float64 array of the same length for each signal.

#include "formats/npz/npz.h"

namespace can {
namespace {

int sniff(std::string_view head) {
  return head.starts_with("PK\x03\x04") && head.substr(0, 64).find(".npy") != head.npos ? 100 : 0;
}

constexpr std::string_view kExtensions[] = {".npz"};

}  // namespace

namespace formats {
extern const Format npz, signals_npz;
constinit const Format npz = {
    .name = "npz",
    .title = "NumPy archive",
    .extensions = kExtensions,
    .keeps = but_nothing_when_cut(keeps_all()),
    .needs_file = true,
    .at_close = true,
    .sniff = sniff,
    .open = npz::open_reader,
    .create = npz::create_writer,
};

constinit const Format signals_npz = {
    .name = "signals-npz",
    .title = "NumPy archive of signals",
    .extensions = {},
    .keeps = but_nothing_when_cut({.channel = KeepsChannel::name}),
    .needs_file = true,
    .at_close = true,
    .decodes = "npz",
    .create = npz::create_signals_writer,
};
}  // namespace formats
}  // namespace can
