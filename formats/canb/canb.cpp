// SPDX-License-Identifier: MIT
// Batches of messages in columns, as they are sent over networks, one behind the other:
//
//   canb  batch 0, 2000 messages from 1700000000.000000000, "can0", zlib
//   canb  batch 1, 1731 messages ...
//
// Source: this project; doc/canb.md has the layout of a batch, libcan/canb the codec. Logs that are
// joined are a log. Each batch says how many messages are missing before it: what is missing in the
// log, was lost on the bus or by the program that wrote it is a warning and an event.
//
// Writing: a batch ends at 2,000 messages and at each flush. Each writer is a run of its own, named
// by the time of its first message. A log without messages is a batch without messages.

#include "formats/canb/canb.h"

#include "formats/support/compression_level.h"
#include "libcan/canb/canb.h"

namespace can {
namespace {

int sniff(std::string_view head) {
  constexpr std::size_t kMagic = 5;  // with the version
  const std::span start(reinterpret_cast<const std::uint8_t*>(head.data()), head.size());
  return head.size() >= kMagic && canb::find_start(start) == 0 ? 100 : 0;
}

constexpr std::string_view kExtensions[] = {".canb"};
constexpr Option kOptions[] = {kCompressionLevel};

}  // namespace

namespace formats {
extern const Format canb;
constinit const Format canb = {
    .name = "canb",
    .title = "log of batches",
    .extensions = kExtensions,
    .keeps = but_nothing_when_cut(keeps_all()),
    .appends = Appends::itself,
    .options = kOptions,
    .sniff = sniff,
    .open = canb::open_reader,
    .create = canb::create_writer,
};
}  // namespace formats
}  // namespace can
