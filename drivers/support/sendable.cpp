// SPDX-License-Identifier: MIT
#include "cansuite/sendable.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can {
namespace {

/// A quick check for the most frequent messages, which every bus can send.
bool is_plain(const Message& m) {
  return m.length <= 8 && m.id <= (m.extended ? kExtendedIdMask : kStandardIdMask) && !m.fd &&
         !m.remote && !m.error && !m.brs && !m.esi;
}

}  // namespace

std::span<const Message> sendable(std::span<const Message> messages, bool fd) {
  const auto refused = std::ranges::find_if(messages, [fd](const Message& m) {
    return !is_plain(m) && (why_invalid(m) != nullptr || (m.fd && !fd));
  });
  return messages.first(static_cast<std::size_t>(refused - messages.begin()));
}

void refuse(std::string_view where, const Message& message) {
  if (const char* flaw = why_invalid(message))
    fail(Errc::invalid, "{}: can't send id {:X}: {}", where, message.id, flaw);
  fail(Errc::unsupported, "{}: can't send id {:X}: CAN FD is off on this bus", where, message.id);
}

}  // namespace can
