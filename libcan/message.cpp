// SPDX-License-Identifier: MIT
#include "libcan/message.h"

#include <algorithm>
#include <tuple>

namespace can {
namespace {

constexpr std::uint8_t kLengths[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64};

constexpr auto kCodes = [] {
  std::array<std::uint8_t, 65> codes{};
  std::uint8_t code = 0;
  for (std::size_t length = 0; length < codes.size(); ++length) {
    if (length > kLengths[code]) ++code;
    codes[length] = code;
  }
  return codes;
}();

}  // namespace

bool operator==(const Message& a, const Message& b) {
  auto head = [](const Message& m) {
    return std::tuple(m.timestamp, m.id, m.channel, m.length, m.len8_dlc, bool{m.extended},
                      bool{m.remote}, bool{m.error}, bool{m.fd}, bool{m.brs}, bool{m.esi},
                      bool{m.transmitted});
  };
  return head(a) == head(b) && std::ranges::equal(a.payload(), b.payload());
}

std::uint8_t dlc_of(std::uint8_t length) { return kCodes[std::min<std::size_t>(length, 64)]; }

std::uint8_t length_of(std::uint8_t dlc) { return kLengths[dlc & 15]; }

std::uint8_t dlc_of(const Message& message) {
  return message.len8_dlc != 0 ? message.len8_dlc : dlc_of(message.length);
}

void set_dlc(Message& message, std::uint8_t dlc) {
  message.length = message.fd ? length_of(dlc) : std::min<std::uint8_t>(dlc, 8);
  message.len8_dlc = !message.fd && dlc > 8 ? dlc : 0;
}

const char* flaw_of(const Message& m) {
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
