// SPDX-License-Identifier: MIT
// ASAM MDF 4 with CAN frames, the log of CANedge and other data loggers, of CANoe and asammdf. A
// file is a tree of blocks. Records of fixed layout are in channel groups, one a kind of frame:
//
//   ID  "UnFinMF " until the log is completed, then "MDF     "; "4.10    "
//   HD  start 2023-11-14 22:13:20 UTC, links to the rest
//   DG  data group: CG "CAN_DataFrame" with channels (CN) "Timestamp", "CAN_DataFrame.ID" ...
//   HL, DL, DZ: the records, compressed
//
// Source: ASAM MDF 4.1 (base standard and "bus logging"), as asammdf 7.4, mdflib and Vector's
// MDF4Lib write it; logs of CANedge with firmware 1.3 to 1.7, CANalyzer 12, python-can.
//
// Reading: MDF 4.00 to 4.20, finalized or not; groups CAN_DataFrame, CAN_RemoteFrame and
// CAN_ErrorFrame, by time; overload frames and EV blocks are events for LogOptions::on_event. Other
// groups are skipped. Compressed blocks have at most 32 MiB. Column-oriented storage (4.20), zstd
// and LZ4 are refused. A start without a zone is of LogOptions::zone. An error frame without data
// gets those of linux/can/error.h for its ErrorType.
//
// Writing: MDF 4.10, a data group for each kind of frame and bus, in transposed blocks with a list
// (DL) each; flush() links what there is, so that a log that is killed is complete up to there, but
// for the counts of records: it is marked as not finalized. Events are markers. The start is the
// second of the first message, at the earliest 1970; times before it are negative.

#include "formats/mf4/mf4.h"

#include "formats/mf4/file_header.h"
#include "formats/support/compression_level.h"

namespace can {
namespace {

int sniff(std::string_view head) { return mf4::is_mdf(head) ? 100 : 0; }

constexpr std::string_view kExtensions[] = {".mf4"};
constexpr Option kOptions[] = {kCompressionLevel};

}  // namespace

namespace formats {
extern const Format mf4;
constinit const Format mf4 = {
    .name = "mf4",
    .title = "ASAM MDF 4 log",
    .extensions = kExtensions,
    .keeps = {.fd = true,
              .error = true,
              .error_detail = true,
              .remote = true,
              .direction = true,
              .raw_dlc = true,
              .channel = KeepsChannel::number,
              .nothing_when_cut = true},
    .options = kOptions,
    .sniff = sniff,
    .open = can::mf4::open_reader,
    .create = can::mf4::create_writer,
};
}  // namespace formats
}  // namespace can
