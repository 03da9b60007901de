// SPDX-License-Identifier: MIT
#include "drivers/socketcan/frame.h"

#include <algorithm>
#include <cstring>

namespace can::socketcan {
namespace {

static_assert(offsetof(can_frame, data) == offsetof(canfd_frame, data));
static_assert(offsetof(can_frame, len8_dlc) == offsetof(canfd_frame, __res1));

}  // namespace

std::size_t encode(const Message& m, canfd_frame& frame) {
  frame = {};
  frame.can_id = m.id | (m.extended ? CAN_EFF_FLAG : 0) | (m.remote ? CAN_RTR_FLAG : 0) |
                 (m.error ? CAN_ERR_FLAG : 0);
  frame.len = m.length;
  std::memcpy(frame.data, m.data.data(), m.payload().size());
  if (!m.fd) {
    frame.__res1 = m.raw_dlc;
    return CAN_MTU;
  }
  frame.flags =
      static_cast<std::uint8_t>(CANFD_FDF | (m.brs ? CANFD_BRS : 0) | (m.esi ? CANFD_ESI : 0));
  return CANFD_MTU;
}

bool decode(const canfd_frame& frame, std::size_t size, Message& m) {
  const bool fd = size == CANFD_MTU;
  if ((!fd && size != CAN_MTU) || frame.len > (fd ? CANFD_MAX_DLEN : CAN_MAX_DLEN)) return false;
  m.reset();
  m.error = (frame.can_id & CAN_ERR_FLAG) != 0;
  m.extended = (frame.can_id & CAN_EFF_FLAG) != 0 && !m.error;
  m.remote = (frame.can_id & CAN_RTR_FLAG) != 0 && !m.error && !fd;
  m.id = frame.can_id & (m.extended || m.error ? kExtendedIdMask : kStandardIdMask);
  m.length = frame.len;
  m.fd = fd;
  m.brs = fd && (frame.flags & CANFD_BRS) != 0;
  m.esi = fd && (frame.flags & CANFD_ESI) != 0;
  if (!fd && frame.len == CAN_MAX_DLEN && frame.__res1 > CAN_MAX_DLEN && frame.__res1 <= 15)
    m.raw_dlc = frame.__res1;
  std::memcpy(m.data.data(), frame.data, m.payload().size());
  return true;
}

}  // namespace can::socketcan
