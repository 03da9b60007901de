// SPDX-License-Identifier: MIT
#include "formats/pcapng/fields.h"
#include "formats/pcapng/packet_reader.h"
#include "formats/pcapng/pcapng.h"
#include "libcan/model/fail.h"

namespace can::pcapng {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  const std::string_view head =
      source->peek(4, [](std::string_view magic) { return magic.size() == 4; });
  const auto number = Fields({head.data(), head.size()}, false).get<std::uint32_t>(0);
  const auto is_pcap = [](std::uint32_t magic) {
    return magic == kPcapMicros || magic == kPcapNanos;
  };
  if (is_pcap(number) || is_pcap(__builtin_bswap32(number))) return open_pcap(std::move(source));
  if (!head.empty() && number != kSectionHeader)
    fail(Errc::corrupt, "{}: offset 0x0: neither pcapng nor pcap", source->name());
  return open_blocks(std::move(source));
}

}  // namespace can::pcapng
