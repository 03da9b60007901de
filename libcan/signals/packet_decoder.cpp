// SPDX-License-Identifier: MIT
#include "libcan/signals/packet_decoder.h"

namespace can::signals {

Message PacketDecoder::head_of(const Packet& packet) {
  Message head;
  head.timestamp = packet.timestamp;
  head.id = packet.id;
  head.extended = true;
  head.channel = packet.channel;
  return head;
}

}  // namespace can::signals
