// SPDX-License-Identifier: MIT
// PEAK's trace files, as written by PCAN-View and PCAN-Explorer:
//
//   ;$FILEVERSION=2.1
//   ;$STARTTIME=44548.6028595139
//   ;$COLUMNS=N,O,T,B,I,d,R,L,D
//         1     17535.400 DT 1  00000100 Tx -  8    00 00 00 00 00 00 00 00
//
// Source: PEAK CAN TRC File Format (PEAK-System, PCAN-Explorer 6), logs of PCAN-View 4 and 5,
// PCAN-Explorer 6, PEAK-Converter 2 and 3; python-can 4 trc.py for the lines that it reads.
// Versions 1.0 to 2.1 are read; 2.1 ("trc") and 1.1 ("trc-1.1") are written.
//
// $STARTTIME is a civil time in the writer's zone, which comes from LogOptions. Version 1.0 has
// none; its times count from 0. Rows with the state of the bus are skipped. Differences from
// python-can: error rows are error frames; an unknown version is an error.

#include "formats/trc/trc.h"

namespace can {
namespace {

constexpr std::string_view kVersion = ";$FILEVERSION=";

/// A log starts with lines that begin with ';'.
int sniff(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  if (head.starts_with(kVersion)) return 90;
  const bool peak = head.find("PCAN") != head.npos || head.find("(ms)") != head.npos;
  return head.starts_with(';') && peak ? 70 : 0;
}

int sniff_v1_1(std::string_view head) {
  return head.starts_with(kVersion) && head.substr(kVersion.size()).starts_with("1.1") ? 91 : 0;
}

constexpr std::string_view kExtensions[] = {".trc"};

}  // namespace

namespace formats {
extern const Format trc;
constinit const Format trc = {
    .name = "trc",
    .title = "PEAK trace",
    .extensions = kExtensions,
    .keeps = {.fd = true,
              .error = true,
              .remote = true,
              .direction = true,
              .raw_dlc = true,
              .channel = KeepsChannel::number,
              .step = std::chrono::microseconds(1)},
    .sniff = sniff,
    .open = trc::open_reader,
    .create = trc::create_writer<trc::Version::v2_1>,
};

extern const Format trc_1_1;
constinit const Format trc_1_1 = {
    .name = "trc-1.1",
    .title = "PEAK trace 1.1",
    .extensions = {},
    .keeps = {.error = true,
              .remote = true,
              .direction = true,
              .step = std::chrono::microseconds(100)},
    .sniff = sniff_v1_1,
    .open = trc::open_reader,
    .create = trc::create_writer<trc::Version::v1_1>,
};
}  // namespace formats
}  // namespace can
