// SPDX-License-Identifier: MIT
#include "cansuite/message.h"

#include <algorithm>
#include <tuple>

namespace can {

bool operator==(const Message& a, const Message& b) {
  auto head = [](const Message& m) {
    return std::tuple(m.timestamp, m.id, m.channel, m.length, m.raw_dlc, bool{m.extended},
                      bool{m.remote}, bool{m.error}, bool{m.fd}, bool{m.brs}, bool{m.esi},
                      bool{m.transmitted});
  };
  return head(a) == head(b) && std::ranges::equal(a.payload(), b.payload());
}

const char* why_invalid(const Message& m) {
  if (m.id > kExtendedIdMask) return "an id has at most 29 bits";
  if (!m.extended && !m.error && m.id > kStandardIdMask) return "a standard id is at most 7FF";
  if (m.fd ? m.length > 64 || length_of(dlc_of(m.length)) != m.length : m.length > 8)
    return m.fd ? "no CAN FD frame has this length" : "a classic frame has at most 8 bytes";
  if (m.remote && m.fd) return "CAN FD has no remote frames";
  if (m.remote && m.error) return "an error frame can't be a remote frame";
  if ((m.brs || m.esi) && !m.fd) return "only CAN FD has BRS and ESI";
  return nullptr;
}

}  // namespace can
