// SPDX-License-Identifier: MIT
// Captures of Wireshark and tcpdump: pcapng, and pcap (read only), with packets of link type 227
// (LINKTYPE_CAN_SOCKETCAN) or of "tcpdump -i any" (read only); can_packet.h has their layouts. Each
// channel is an interface with its name. Times are nanoseconds. The flags of a packet have the
// direction.
//
// Source: draft-ietf-opsawg-pcapng, draft-ietf-opsawg-pcap, the tcpdump group's list of link types;
// captures of dumpcap on SocketCAN. Packets of other links are skipped with a warning.

#include "formats/pcapng/pcapng.h"

#include <cstring>

namespace can {
namespace {

int sniff(std::string_view head) {
  std::uint32_t number = 0;
  if (head.size() < sizeof number) return 0;
  std::memcpy(&number, head.data(), sizeof number);
  for (std::uint32_t magic : {pcapng::kSectionHeader, pcapng::kPcapMicros, pcapng::kPcapNanos})
    if (number == magic || __builtin_bswap32(number) == magic) return 100;
  return 0;
}

constexpr std::string_view kExtensions[] = {".pcapng"};

}  // namespace

namespace formats {
extern const Format pcapng;
constinit const Format pcapng = {
    .name = "pcapng",
    .title = "Wireshark capture",
    .extensions = kExtensions,
    .keeps = keeps_all(),
    .sniff = sniff,
    .open = pcapng::open_reader,
    .create = pcapng::create_writer,
};
}  // namespace formats
}  // namespace can
