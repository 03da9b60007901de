// SPDX-License-Identifier: MIT
// Vector's binary log: a header with the start of the measurement, then containers. The contents of
// the containers are one stream of objects, cut into pieces of 128 KiB that are compressed one by
// one:
//
//   LOGG  144 bytes              start 2024-02-29 23:59:58.997, counts
//   LOBJ  container, zlib        LOBJ CAN_MESSAGE, 0.000001 s, channel 1, 123, 8 bytes; LOBJ ...
//   LOBJ  container, zlib        ...
//
// Source: Technica-Engineering/vector_blf (src/Vector/BLF), Wireshark (wiretap/blf.h) and
// python-can (can/io/blf.py), compared with logs of CANoe, CANalyzer and CANcaseXL. Times are
// relative to the start, which is a civil time of the recording machine without a zone.
//
// Reading: messages come from the object types 1, 2, 73, 86, 100, 101 and 104. All others are
// skipped, also overload frames (3), which are no error frames; some are events for
// LogOptions::on_event. Counts and sizes in the header are ignored. Codes of errors are converted
// to those of linux/can/error.h. A standard id above 7FF becomes an extended one, a length code
// above 15 becomes 15.
//
// Writing: CAN_MESSAGE (1), CAN_FD_MESSAGE (100) and CAN_ERROR_EXT (73) as by python-can, comments
// as GLOBAL_MARKER (96). Times before the start are negative. A log whose first messages have no
// date has no start, as by python-can.

#include "formats/blf/blf.h"

#include "formats/blf/file_header.h"
#include "formats/support/compression_level.h"

namespace can {
namespace {

int sniff(std::string_view head) { return blf::is_blf(head) ? 100 : 0; }

constexpr std::string_view kExtensions[] = {".blf"};
constexpr Option kOptions[] = {kCompressionLevel, blf::kContainer};

}  // namespace

namespace formats {
extern const Format blf;
constinit const Format blf = {
    .name = "blf",
    .title = "Vector binary log",
    .extensions = kExtensions,
    .keeps = {.fd = true,
              .error = true,
              .error_detail = true,
              .remote = true,
              .direction = true,
              .raw_dlc = true,
              .channel = KeepsChannel::number,
              .nothing_when_cut = true},
    .appends = Appends::itself,
    .options = kOptions,
    .sniff = sniff,
    .open = blf::open_reader,
    .create = blf::create_writer,
};
}  // namespace formats
}  // namespace can
