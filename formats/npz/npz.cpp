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

#include "formats/npz/npz.h"

namespace can {
namespace {

int sniff(std::string_view head) {
  return head.starts_with("PK\x03\x04") && head.substr(0, 64).find(".npy") != head.npos ? 100 : 0;
}

constexpr std::string_view kExtensions[] = {".npz"};

}  // namespace

namespace formats {
extern const Format npz;
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
}  // namespace formats
}  // namespace can
