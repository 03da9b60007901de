// SPDX-License-Identifier: MIT
#include "drivers/neovi/frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"

namespace can::neovi {
namespace {

using namespace error_bits;

/// A cause of an error frame.
struct Cause {
  std::uint32_t status, classes;
};

constexpr Cause kCauses[] = {{kCrcError, kProtocol},
                             {neovi::kErrorPassive, kController},
                             {kIncomplete, kProtocol},
                             {neovi::kLostArbitration, error_bits::kLostArbitration},
                             {neovi::kBusOff, error_bits::kBusOff},
                             {kBusRecovered, kRestarted}};

void decode_error(const SpyMessage& spy, Message& out) {
  out.error = true;
  out.id = 0;
  out.length = 0;
  for (const Cause& cause : kCauses)
    if ((spy.status & cause.status) != 0) out.id |= cause.classes;
  if (out.id == 0) return;
  out.length = 8;
  out.data = {};
  if ((spy.status & kCrcError) != 0) out.data[kProtocolPlace] = kCrcSequence;
  if ((spy.status & neovi::kErrorPassive) != 0) out.data[kControllerBits] = kRxPassive | kTxPassive;
}

}  // namespace

SpyMessage encode(const Message& message, int network, std::int16_t number) {
  SpyMessage spy{};
  spy.status = (message.extended ? kExtended : 0) | (message.remote ? kRemote : 0);
  spy.network = static_cast<std::uint8_t>(network & 0xFF);
  spy.network2 = static_cast<std::uint8_t>(network >> 8);
  spy.protocol = message.fd ? kProtocolCanFd : kProtocolCan;
  if (message.fd) spy.status3 = kFdf | (message.brs ? kBrs : 0);
  spy.description = number;
  spy.id = message.id;
  spy.length = message.length;
  std::copy_n(message.data.begin(), std::size(spy.data), &spy.data[0]);
  if (message.length <= std::size(spy.data)) return spy;
  spy.has_extra_data = 1;
  spy.extra_data = const_cast<std::uint8_t*>(message.data.data());  // the library only reads it
  return spy;
}

bool is_error(const SpyMessage& spy) {
  constexpr std::uint32_t kErrors = kGlobalError | kCrcError | neovi::kErrorPassive | kIncomplete |
                                    neovi::kLostArbitration | neovi::kBusOff | kBusRecovered;
  return (spy.status & kErrors) != 0 || (spy.status2 & kErrorFrame) != 0;
}

void decode(const SpyMessage& spy, Message& out) {
  out.reset();
  out.transmitted = (spy.status & kTransmitted) != 0;
  if (is_error(spy)) return decode_error(spy, out);
  out.fd = spy.protocol == kProtocolCanFd && (spy.status3 & kFdf) != 0;
  out.brs = out.fd && (spy.status3 & kBrs) != 0;
  out.esi = out.fd && (spy.status3 & kEsi) != 0;
  out.extended = (spy.status & kExtended) != 0;
  out.remote = (spy.status & kRemote) != 0;
  out.id = spy.id & (out.extended ? kExtendedIdMask : kStandardIdMask);
  out.length = std::min<std::uint8_t>(spy.length, out.fd ? 64 : 8);
  const bool extra = spy.has_extra_data != 0 && spy.extra_data && out.length > std::size(spy.data);
  if (!extra) out.length = std::min<std::uint8_t>(out.length, 8);
  const auto* const data = extra ? static_cast<const std::uint8_t*>(spy.extra_data) : spy.data;
  std::copy_n(data, extra ? out.length : std::size(spy.data), out.data.begin());
}

}  // namespace can::neovi
