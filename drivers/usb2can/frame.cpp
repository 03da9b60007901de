// SPDX-License-Identifier: MIT
#include "drivers/usb2can/frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"

namespace can::usb2can {
namespace {

using namespace error_bits;

struct Violation {
  unsigned long code;
  std::uint32_t classes;
  std::uint8_t kind, place;
};

constexpr Violation kViolations[] = {{kStatusStuff, kProtocol, kStuff, 0},
                                     {kStatusForm, kProtocol, kForm, 0},
                                     {kStatusAck, kNoAck, 0, 0},
                                     {kStatusBit1, kProtocol, kRecessive, 0},
                                     {kStatusBit0, kProtocol, kDominant, 0},
                                     {kStatusCrc, kProtocol, 0, kCrcSequence}};

}  // namespace

Msg encode(const Message& message) {
  Msg msg{};
  msg.flags = kSend | (message.extended ? kExtended : 0) | (message.remote ? kRemote : 0);
  msg.id = message.id;
  msg.length = message.length;
  std::ranges::copy(message.payload(), &msg.data[0]);
  return msg;
}

void decode(const Msg& msg, Message& out) {
  out.reset();
  out.extended = (msg.flags & kExtended) != 0;
  out.remote = (msg.flags & kRemote) != 0;
  out.id = static_cast<std::uint32_t>(msg.id) & (out.extended ? kExtendedIdMask : kStandardIdMask);
  out.length = std::min<std::uint8_t>(msg.length, 8);
  std::ranges::copy(msg.data, out.data.begin());
}

std::optional<Message> error_frame(unsigned long code) {
  const auto found = std::ranges::find(kViolations, code, &Violation::code);
  if (found == std::end(kViolations)) return std::nullopt;
  Message error{.id = found->classes | kBusError, .length = 8, .error = true};
  error.data[kProtocolKind] = found->kind;
  error.data[kProtocolPlace] = found->place;
  return error;
}

}  // namespace can::usb2can
