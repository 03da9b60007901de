// SPDX-License-Identifier: MIT
// Stands in for libicsneo's C ABI (libicsneolegacy.so): messages. A device has all of Intrepid's
// CAN networks; those of all devices lie on the same wires, network by network. Each frame sent
// comes back as a report with its DescriptionID.
//
// Source: the icsneo C API of libicsneo.
#include "tests/stand_ins/neovi.h"

#include <algorithm>
#include <cstring>

#include "tests/stand_ins/lengths.h"

namespace can::stand_in {

const Identity& identity() {
  static constexpr Identity neovi{"neovi", 2, 0};
  return neovi;
}

namespace neovi {
namespace {

constexpr std::size_t kRxCapacity = 50'000, kTxCapacity = 1000;
constexpr std::size_t kMostEvents = 600;  // what icsneoGetErrorMessages hands out

bool is_fd(const Message& message) {
  return message.protocol == kProtocolCanFd || message.status3 & kFdf;
}

bool is_sound(const Message& message) {
  const std::uint32_t most = message.status & kExtended ? 0x1FFFFFFF : 0x7FF;
  if (message.id > most) return false;
  if (message.data_bytes > 8 && !(message.has_extra_data && message.extra_data)) return false;
  return is_fd(message) ? is_fd_length(message.data_bytes) : message.data_bytes <= 8;
}

Frame frame_of(const Message& message, unsigned network) {
  Frame frame;
  frame.id = message.id;
  frame.network = network;
  frame.tag = static_cast<std::uint16_t>(message.description);
  frame.extended = message.status & kExtended;
  frame.kind = message.status & kRemote ? Kind::kRemote : Kind::kData;
  frame.fd = is_fd(message);
  frame.brs = frame.fd && message.status3 & kBrs;
  frame.esi = frame.fd && message.status3 & kEsi;
  frame.length = message.data_bytes;
  if (frame.kind == Kind::kData)
    std::memcpy(frame.data.data(), frame.length > 8 ? message.extra_data : message.data,
                frame.length);
  return frame;
}

/// A frame that can't be sent since the bus is off comes back at once as a report with an error.
bool send(Device& device, const Message& message, unsigned network) {
  Frame frame = frame_of(message, network);
  if (channel_state(device.port.channel()).off) {
    frame.error = BusError::kAck;
    device.port.reflect(frame);
    return true;
  }
  if (device.port.send(frame) == Sent::kOk) return true;
  device.fail(kBufferFull);
  return false;
}

/// How many of the messages went out.
unsigned send(Device& device, const Message* messages, unsigned network, unsigned count) {
  if (!is_can(network)) {
    device.fail(kIllegalNetwork);
    return 0;
  }
  for (unsigned i = 0; i < count; ++i) {
    if (!is_sound(messages[i])) {
      device.fail(kBadMessage);
      return i;
    }
    if (!send(device, messages[i], network)) return i;
  }
  return count;
}

std::uint32_t status_of(ErrorState state) {
  switch (state) {
    case ErrorState::kPassive:
      return kGlobalError | kErrorPassive;
    case ErrorState::kOff:
      return kGlobalError | kBusOff;
    default:
      return kRecovered;
  }
}

std::uint32_t status_of(const Frame& frame) {
  if (frame.kind == Kind::kStatus) return status_of(frame.state);
  if (frame.kind == Kind::kError)
    return kGlobalError | (frame.error == BusError::kCrc ? kCrcError : 0);
  std::uint32_t status = frame.extended ? kExtended : 0;
  if (frame.kind == Kind::kRemote) status |= kRemote;
  if (frame.fd) status |= kCanFd;
  if (frame.own) status |= kTx;
  return status | (frame.own && frame.error != BusError::kOther ? kGlobalError : 0);
}

void set_time(Message& message, std::int64_t time_ns) {
  const auto ticks = static_cast<std::uint64_t>(time_ns - kYear2007 * 1'000'000'000) / 25;
  message.time_hardware = static_cast<std::uint32_t>(ticks);
  message.time_hardware2 = static_cast<std::uint32_t>(ticks >> 32);
  message.hardware_clock = kTicksOf25Ns;
}

void set_data(Message& message, Device& device, const Frame& frame) {
  message.data_bytes = frame.length;
  std::memcpy(message.data, frame.data.data(), sizeof message.data);
  if (frame.length <= 8) return;
  device.extra_data.push_back(frame.data);
  message.has_extra_data = 1;
  message.extra_data = device.extra_data.back().data();
}

Message message_of(Device& device, const Frame& frame) {
  Message message{};
  message.status = status_of(frame);
  message.status2 = frame.kind == Kind::kError ? kErrorFrame : 0;
  message.status3 = (frame.fd ? kFdf : 0) | (frame.brs ? kBrs : 0) | (frame.esi ? kEsi : 0);
  message.protocol = frame.fd ? kProtocolCanFd : kProtocolCan;
  const std::uint32_t network = std::max<std::uint32_t>(frame.network, 1);
  message.network = static_cast<std::uint8_t>(network);
  message.network2 = static_cast<std::uint8_t>(network >> 8);
  message.id = frame.id;
  message.description = static_cast<std::int16_t>(frame.own ? frame.tag : 0);
  set_time(message, frame.time_ns);
  set_data(message, device, frame);
  return message;
}

int receive(Device& device, Message* messages) {
  const std::lock_guard lock(device.mutex);
  device.extra_data.clear();
  device.extra_data.reserve(kMostMessages);  // pointers into it stay
  const bool overrun = device.port.take_overrun();
  int count = 0;
  while (count < kMostMessages) {
    const auto frame = device.port.take();
    if (!frame) break;
    messages[count++] = message_of(device, *frame);
  }
  if (overrun && count > 0) messages[0].status |= kOverflow;
  return count;
}

}  // namespace

Device::Device(int channel) : port(channel, kRxCapacity, kTxCapacity) {
  port.set_filter([](const Frame&) { return true; });
  port.listen(true);
}

void Device::fail(Event event) {
  const std::lock_guard lock(mutex);
  last_event = event;
  if (events.size() < kMostEvents) events.push_back(event);
}

bool is_can(unsigned network) {
  constexpr unsigned networks[] = {1, 2, 3, 4, 42, 44, 61, 62, 68, 96, 97, 99};
  if (network >= 534 && network <= 541) return true;
  return std::find(std::begin(networks), std::end(networks), network) != std::end(networks);
}

}  // namespace neovi
}  // namespace can::stand_in

namespace {
using namespace can::stand_in;
using namespace can::stand_in::neovi;
}  // namespace

/// `messages` has to hold kMostMessages; *count is only written.
STAND_IN_EXPORT int icsneoGetMessages(void* handle, Message* messages, int* count, int* errors) {
  STAND_IN_CALL(int);
  return with(handle, [&](Device& device) {
    *count = receive(device, messages);
    const std::lock_guard lock(device.mutex);
    if (errors) *errors = static_cast<int>(device.events.size());
    return 1;
  });
}

/// 1: there is a message; 0: none; -1: an error.
STAND_IN_EXPORT int icsneoWaitForRxMessagesWithTimeOut(void* handle, unsigned ms) {
  STAND_IN_CALL(int);
  const auto device = find(handle);
  if (!device) return -1;
  const bool there = device->port.wait(ms);
  return device->port.gone() ? -1 : there;
}

STAND_IN_EXPORT int icsneoTxMessages(void* handle, const Message* messages, int network,
                                     int count) {
  STAND_IN_CALL(int);
  return with(handle, [&](Device& device) {
    const auto wanted = static_cast<unsigned>(count);
    return send(device, messages, static_cast<unsigned>(network), wanted) == wanted ? 1 : 0;
  });
}

STAND_IN_EXPORT int icsneoTxMessagesEx(void* handle, const Message* messages, unsigned network,
                                       unsigned count, unsigned* sent, unsigned /*reserved*/) {
  STAND_IN_CALL(int);
  if (sent) *sent = 0;
  return with(handle, [&](Device& device) {
    const unsigned done = send(device, messages, network, count);
    if (sent) *sent = done;
    return done == count ? 1 : 0;
  });
}

/// Seconds since 2007.
STAND_IN_EXPORT int icsneoGetTimeStampForMsg(void* handle, const Message* message,
                                             double* seconds) {
  STAND_IN_CALL(int);
  return with(handle, [&](Device&) {
    const std::uint64_t high = message->time_hardware2;
    *seconds = static_cast<double>(high << 32 | message->time_hardware) * 25e-9;
    return 1;
  });
}
