// SPDX-License-Identifier: MIT
// Any bytes as a datagram of udp_multicast: what decodes is a valid frame, and survives being sent
// on.

#include <cstdlib>

#include "drivers/udp_multicast/datagram.h"

using namespace can;
using namespace can::udp_multicast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Decoder decoder{Channel("group")};
  Message message, again;
  if (!decoder.decode({bytes, size}, message)) return 0;
  if (why_invalid(message) != nullptr) std::abort();
  std::array<std::uint8_t, kLongestDatagram> datagram;
  const std::size_t length = encode(message, datagram);
  if (!decoder.decode(std::span(datagram).first(length), again)) std::abort();
  if (message.id > kStandardIdMask) message.extended = true;  // an error frame: see encode()
  if (!(message == again)) std::abort();
  return 0;
}
