// SPDX-License-Identifier: MIT
#include "drivers/pcan/frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"

namespace can::pcan {
namespace {

using namespace error_bits;

std::uint8_t type_of(const Message& message) {
  std::uint8_t type = message.extended ? kExtended : std::uint8_t{0};
  if (message.remote) type |= kRtr;
  if (message.fd) type |= pcan::kFd;
  if (message.brs) type |= kBrs;
  return type;
}

/// The id is the kind of error; the data are direction, place as an SJA1000 numbers it, and the
/// error counters.
void decode_error(std::uint32_t kind, std::span<const std::uint8_t> data, Message& out) {
  const std::uint8_t kinds[] = {kBit, kForm, kStuff};
  out.error = true;
  out.id = kProtocol | kBusError | kCounters;
  out.length = 8;
  for (std::size_t i = 0; i < std::size(kinds); ++i)
    if ((kind & (1u << i)) != 0) out.data[kProtocolKind] |= kinds[i];
  if (data[0] == 0) out.data[kProtocolKind] |= kTransmitting;
  out.data[kProtocolPlace] = data[1] & 0x1F;
  out.data[kRxErrors] = data[2];
  out.data[kTxErrors] = data[3];
}

void decode_frame(std::uint32_t id, std::uint8_t type, std::span<const std::uint8_t> data,
                  Message& out) {
  out.extended = (type & kExtended) != 0;
  out.id = id & (out.extended ? kExtendedIdMask : kStandardIdMask);
  out.remote = (type & kRtr) != 0;
  out.fd = (type & pcan::kFd) != 0;
  out.brs = (type & kBrs) != 0;
  out.esi = (type & kEsi) != 0;
  std::ranges::copy(data, out.data.begin());
}

/// Whether the message is a frame of the bus: then all but the length is set.
bool decode_head(std::uint32_t id, std::uint8_t type, std::span<const std::uint8_t> data,
                 Message& out) {
  out = {};
  out.transmitted = (type & kEcho) != 0;
  if ((type & pcan::kErrorFrame) != 0) {
    decode_error(id, data, out);
    return false;
  }
  decode_frame(id, type, data, out);
  return true;
}

}  // namespace

Msg encode(const Message& message) {
  Msg msg{.id = message.id, .type = type_of(message), .length = message.length, .data = {}};
  std::copy_n(message.data.begin(), std::size(msg.data), &msg.data[0]);
  return msg;
}

MsgFd encode_fd(const Message& message) {
  MsgFd msg{.id = message.id, .type = type_of(message), .dlc = dlc_of(message.length), .data = {}};
  std::ranges::copy(message.data, &msg.data[0]);
  return msg;
}

void decode(const Msg& msg, Message& out) {
  if (decode_head(msg.id, msg.type, msg.data, out))
    out.length = std::min<std::uint8_t>(msg.length, 8);
}

void decode(const MsgFd& msg, Message& out) {
  if (decode_head(msg.id, msg.type, msg.data, out)) set_dlc(out, msg.dlc & 15);
}

Status status_in(std::span<const std::uint8_t> data) {
  return Status{data[0]} << 24 | Status{data[1]} << 16 | Status{data[2]} << 8 | data[3];
}

}  // namespace can::pcan
