// SPDX-License-Identifier: MIT
#include "drivers/nican/frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"

namespace can::nican {
namespace {

using namespace error_bits;

struct Violation {
  std::uint32_t code;  // the number of an error of NI-CAN
  std::uint32_t classes;
  std::uint8_t kind, place;
};

constexpr Violation kViolations[] = {
    {0x02B, kProtocol, kStuff, 0},    {0x04B, kProtocol, kForm, 0},
    {0x06B, kNoAck, 0, kAckSlot},     {0x08B, kProtocol, kRecessive, 0},
    {0x0AB, kProtocol, kDominant, 0}, {0x0CB, kProtocol, 0, kCrcSequence}};

/// The id is the status of an error.
void decode_communication_error(std::uint32_t status, Message& out) {
  out.id = error_bits::kBusError;
  const auto found = std::ranges::find(kViolations, status & 0xFFF, &Violation::code);
  if (found == std::end(kViolations)) return;
  out.id |= found->classes;
  out.data[kProtocolKind] = found->kind;
  out.data[kProtocolPlace] = found->place;
}

/// The data are the state of communication, the error counters for sending and receiving, and the
/// error code capture of an SJA1000.
void decode_bus_error(const std::uint8_t* data, Message& out) {
  out.id = error_bits::kBusError | kProtocol | kCounters;
  out.data[error_bits::kTxErrors] = data[1];
  out.data[error_bits::kRxErrors] = data[2];
  out.data[kProtocolPlace] = data[3] & 0x1F;
}

void decode_error(const Received& received, Message& out) {
  out.error = true;
  out.length = 8;
  if (received.type == kCommunicationError) decode_communication_error(received.id, out);
  if (received.type == nican::kBusError) decode_bus_error(&received.data[0], out);
  if (received.type == kTransceiverError) out.id = kTransceiver;
}

std::chrono::nanoseconds since_1970(std::uint64_t filetime) {
  constexpr std::uint64_t k1970 = 116'444'736'000'000'000;  // in 100 ns since 1601
  return std::chrono::nanoseconds((filetime - k1970) * 100);
}

}  // namespace

Frame encode(const Message& message) {
  Frame frame{};
  frame.id = message.id | (message.extended ? kExtendedId : 0);
  frame.remote = message.remote ? 1 : 0;
  frame.length = message.length;
  std::ranges::copy(message.payload(), &frame.data[0]);
  return frame;
}

bool decode(const Received& received, std::chrono::nanoseconds arrival, Message& out) {
  out = {};
  out.timestamp = received.time == 0 ? arrival : since_1970(received.time);
  if (received.type == kCommunicationError || received.type == nican::kBusError ||
      received.type == kTransceiverError) {
    decode_error(received, out);
    return true;
  }
  out.extended = (received.id & kExtendedId) != 0;
  out.id = received.id & (out.extended ? kExtendedIdMask : kStandardIdMask);
  out.remote = received.type == kRemote;
  out.length = std::min<std::uint8_t>(received.length, 8);
  std::ranges::copy(received.data, out.data.begin());
  return received.type == kData || received.type == kRemote;
}

}  // namespace can::nican
