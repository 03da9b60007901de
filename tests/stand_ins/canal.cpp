// SPDX-License-Identifier: MIT
// Stands in for a CANAL driver such as 8devices' usb2can: devices have the serial numbers ED000100,
// ED000101 and so on. As real ones, it writes into the configuration text, answers 0 on a closed
// handle, and has its own code for an empty queue: `set CHANNEL empty CODE`, `set CHANNEL timeout
// CODE`; `set CHANNEL stamps 0` for a driver without time stamps.
//
// Source: canal.h 1.1.0 and how CANAL drivers of the VSCP project behave.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/canal_abi.h"
#include "tests/stand_ins/control.h"

namespace can::stand_in {

const Identity& identity() {
  static constexpr Identity canal{"canal", 2};
  return canal;
}

namespace canal {
namespace {

constexpr std::size_t kRxCapacity = 16384, kTxCapacity = 64;
constexpr unsigned long kStatusMessages = 8;  // flag of CanalOpen
constexpr long kFirstHandle = 1681;

struct Open {
  Open(int channel, unsigned long open_flags);

  const bool status_messages;
  const std::int64_t opened_ns = now_ns();
  std::atomic<unsigned long> filter = 0, mask = 0;
  Statistics statistics{};
  std::atomic<unsigned long> last_error = 0;
  Port port;  // the last: its filter reads what stands above

 private:
  bool hears(const Frame& frame) const;
};

Open::Open(int channel, unsigned long open_flags)
    : status_messages(open_flags & kStatusMessages), port(channel, kRxCapacity, kTxCapacity) {
  port.set_filter([this](const Frame& frame) { return hears(frame); });
  port.listen(true);
}

bool Open::hears(const Frame& frame) const {
  if (frame.kind == Kind::kStatus) return status_messages;
  if (frame.kind == Kind::kError) return status_messages && frame.error != BusError::kOther;
  return !frame.own && !frame.fd && (frame.id & mask) == (filter & mask);
}

struct Handles {
  std::mutex mutex;
  std::map<long, std::shared_ptr<Open>> open;
  long next = kFirstHandle;
};

Handles& handles() {
  static Handles& handles = *new Handles;
  return handles;
}

std::shared_ptr<Open> find(long handle) {
  const std::lock_guard lock(handles().mutex);
  const auto found = handles().open.find(handle);
  return found == handles().open.end() ? nullptr : found->second;
}

/// Calls `use` with an open handle whose device is there. Of a closed one the answer is 0.
template <typename Use>
int with(long handle, Use use) {
  const auto open = find(handle);
  if (!open) return 0;
  const int channel = open->port.channel();
  const auto gone = static_cast<int>(setting(channel, "gone_code", kCommunication));
  const int code = open->port.gone() ? gone : use(*open);
  if (code != kSuccess) open->last_error = static_cast<unsigned long>(code);
  return code;
}

/// The fields of a configuration, cut out of the caller's text by strtok as real drivers do.
std::vector<std::string> cut(const char* configuration) {
  std::vector<std::string> fields;
  char* text = const_cast<char*>(configuration);
  for (char* field = std::strtok(text, ";"); field; field = std::strtok(nullptr, ";"))
    fields.push_back(field);
  return fields;
}

/// The channel of a serial number; -1: no such device.
int channel_of(const std::string& serial) {
  for (int channel = 0; channel < device_count(); ++channel) {
    char name[16];
    std::snprintf(name, sizeof name, "ED%06d", 100 + channel);
    if (serial == name && present(channel)) return channel;
  }
  return -1;
}

/// Bit/s of "serial;kbit" or "serial;0;tseg1;tseg2;sjw;brp" at 32 MHz; 0: no good.
long bitrate_of(const std::vector<std::string>& fields) {
  const auto number = [&](std::size_t i) { return std::strtol(fields[i].c_str(), nullptr, 10); };
  if (fields.size() < 2) return 0;
  const long kbit = number(1);
  if (kbit != 0) return kbit > 0 && kbit <= 1000 ? kbit * 1000 : 0;
  if (fields.size() < 6 || number(5) <= 0) return 0;
  return 32'000'000 / (number(5) * (1 + number(2) + number(3)));
}

/// The array of 8 bytes is filled with zeros behind the data.
bool stuffed(const Message& message) {
  return std::all_of(message.data + message.size, std::end(message.data),
                     [](unsigned char byte) { return byte == 0; });
}

Code fault_of(const Message& message) {
  if (message.flags & kFd) return kFdSupport;
  if (message.flags & kStatus) return kNotSupported;
  if (message.id > (message.flags & kExtended ? 0x1FFFFFFFul : 0x7FFul)) return kCanId;
  if (message.size > 8) return kCanMessage;
  return message.flags & kRtr || stuffed(message) ? kSuccess : kCanMessage;
}

Frame frame_of(const Message& message) {
  Frame frame;
  frame.id = static_cast<std::uint32_t>(message.id);
  frame.extended = message.flags & kExtended;
  frame.kind = message.flags & kRtr ? Kind::kRemote : Kind::kData;
  frame.length = message.size;
  if (frame.kind == Kind::kData) std::memcpy(frame.data.data(), message.data, message.size);
  return frame;
}

Code send(Open& open, const Message& message) {
  const Code fault = fault_of(message);
  if (fault != kSuccess) return fault;
  switch (open.port.send(frame_of(message))) {
    case Sent::kOff:
      return kBusOff;
    case Sent::kFull:
      return kTransmitFull;
    case Sent::kGone:
      return kCommunication;
    default:
      break;
  }
  ++open.statistics.tx_frames;
  open.statistics.tx_data += message.size;
  return kSuccess;
}

/// Of a status message: overrun is 1.
unsigned long status_code(const Frame& frame) {
  constexpr unsigned long states[] = {0, 2, 3, 4};
  constexpr unsigned long errors[] = {0, 0x25, 0x24, 0x20, 0x21, 0x27, 0x23};
  return frame.kind == Kind::kStatus ? states[static_cast<int>(frame.state)]
                                     : errors[static_cast<int>(frame.error)];
}

unsigned long stamp(const Open& open, const Frame& frame) {
  if (setting(open.port.channel(), "stamps", 1) == 0) return 0;
  return static_cast<unsigned long>((frame.time_ns - open.opened_ns) / 1000);
}

void fill(Message& message, const Open& open, const Frame& frame) {
  message = {};
  message.timestamp = stamp(open, frame);
  if (frame.kind == Kind::kStatus || frame.kind == Kind::kError) {
    message.flags = kStatus;
    message.id = status_code(frame);
    return;
  }
  message.flags = (frame.extended ? kExtended : 0) | (frame.kind == Kind::kRemote ? kRtr : 0);
  message.id = frame.id;
  message.size = frame.length;
  std::memcpy(message.data, frame.data.data(), sizeof message.data);
}

/// `empty`: the code for an empty queue, which may be kSuccess, with nothing written.
int receive(Open& open, Message& message, long long empty) {
  if (open.status_messages && open.port.take_overrun()) {
    message = {kStatus, 0, 1, 0, {}, 0};
    return kSuccess;
  }
  const auto frame = open.port.take();
  if (!frame) return static_cast<int>(empty);
  fill(message, open, *frame);
  ++open.statistics.rx_frames;
  open.statistics.rx_data += frame->length;
  return kSuccess;
}

unsigned long channel_status(const Open& open) {
  constexpr unsigned long states[] = {kActive, kWarning, kPassive, kOff};
  const Channel channel = channel_state(open.port.channel());
  return states[static_cast<int>(error_state(channel))] | (channel.full ? kTxFull : 0) |
         (open.port.pending() >= kRxCapacity ? kRxFull : 0);
}

}  // namespace
}  // namespace canal
}  // namespace can::stand_in

namespace {
using namespace can::stand_in;
using namespace can::stand_in::canal;
}  // namespace

/// 0: no such device, or no such bit rate.
STAND_IN_EXPORT long CanalOpen(const char* configuration, unsigned long flags) {
  STAND_IN_CALL(long);
  const auto fields = cut(configuration);
  const int channel = fields.empty() ? -1 : channel_of(fields[0]);
  const long bitrate = bitrate_of(fields);
  if (channel < 0 || bitrate == 0) return 0;
  set_setting(channel, "bitrate", bitrate);
  set_setting(channel, "flags", static_cast<long long>(flags));
  const std::lock_guard lock(handles().mutex);
  const long handle = handles().next++;
  handles().open[handle] = std::make_shared<Open>(channel, flags);
  return handle;
}

STAND_IN_EXPORT int CanalClose(long handle) {
  STAND_IN_CALL(int);
  const std::lock_guard lock(handles().mutex);
  handles().open.erase(handle);
  return kSuccess;
}

STAND_IN_EXPORT unsigned long CanalGetLevel(long /*handle*/) {
  STAND_IN_CALL(unsigned long);
  return 1;
}

STAND_IN_EXPORT int CanalSend(long handle, const Message* message) {
  STAND_IN_CALL(int);
  return with(handle, [&](Open& open) { return send(open, *message); });
}

STAND_IN_EXPORT int CanalReceive(long handle, Message* message) {
  STAND_IN_CALL(int);
  return with(handle, [&](Open& open) {
    return receive(open, *message, setting(open.port.channel(), "empty", kReceiveEmpty));
  });
}

STAND_IN_EXPORT int CanalDataAvailable(long handle) {
  STAND_IN_CALL(int);
  const auto open = find(handle);
  return open && !open->port.gone() ? static_cast<int>(open->port.pending()) : 0;
}

#ifndef STAND_IN_OLD
namespace {
/// 0: for ever.
std::uint32_t wait_of(unsigned long ms) {
  return ms == 0 ? Port::kForever : static_cast<std::uint32_t>(ms);
}
}  // namespace

/// Until the frame has room in the queue and is on the wire.
STAND_IN_EXPORT int CanalBlockingSend(long handle, const Message* message, unsigned long ms) {
  STAND_IN_CALL(int);
  const auto end = deadline(wait_of(ms));
  int code = CanalSend(handle, message);
  while (code == kTransmitFull && (!end || std::chrono::steady_clock::now() < *end)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    code = CanalSend(handle, message);
  }
  if (code != kSuccess) return code == kTransmitFull ? kTimeout : code;
  return with(handle,
              [&](Open& open) { return open.port.wait_sent(wait_of(ms)) ? kSuccess : kTimeout; });
}

STAND_IN_EXPORT int CanalBlockingReceive(long handle, Message* message, unsigned long ms) {
  STAND_IN_CALL(int);
  const auto open = find(handle);
  if (open) open->port.wait(wait_of(ms));
  return with(handle, [&](Open& here) {
    return receive(here, *message, setting(here.port.channel(), "timeout", kTimeout));
  });
}
#endif

STAND_IN_EXPORT int CanalGetStatus(long handle, canal::Status* status) {
  STAND_IN_CALL(int);
  return with(handle, [&](Open& open) {
    *status = {channel_status(open), open.last_error, 0, "stand-in"};
    return kSuccess;
  });
}

STAND_IN_EXPORT int CanalGetStatistics(long handle, Statistics* statistics) {
  STAND_IN_CALL(int);
  return with(handle, [&](Open& open) {
    *statistics = open.statistics;
    statistics->overruns = open.port.overruns();
    return kSuccess;
  });
}

STAND_IN_EXPORT int CanalSetFilter(long handle, unsigned long filter) {
  STAND_IN_CALL(int);
  return with(handle, [&](Open& open) {
    open.filter = filter;
    return kSuccess;
  });
}

STAND_IN_EXPORT int CanalSetMask(long handle, unsigned long mask) {
  STAND_IN_CALL(int);
  return with(handle, [&](Open& open) {
    open.mask = mask;
    return kSuccess;
  });
}

/// The rate is set when the channel is opened.
STAND_IN_EXPORT int CanalSetBaudrate(long handle, unsigned long /*rate*/) {
  STAND_IN_CALL(int);
  return with(handle, [](Open&) { return kNotSupported; });
}

STAND_IN_EXPORT unsigned long CanalGetVersion() {
  STAND_IN_CALL(unsigned long);
  return 0x00010100;
}

STAND_IN_EXPORT unsigned long CanalGetDllVersion() {
  STAND_IN_CALL(unsigned long);
  return 0x00010000;
}

STAND_IN_EXPORT const char* CanalGetVendorString() {
  called(__func__);
  return "cansuite stand-in";
}

STAND_IN_EXPORT const char* CanalGetDriverInfo() {
  called(__func__);
  return "<?xml version=\"1.0\"?><config><description>stand-in</description></config>";
}
