// SPDX-License-Identifier: MIT
// Stands in for NI-CAN's Frame API (nican.dll): objects, reading and writing. Interfaces are CAN0
// and up.
//
// Source: nican.h.
#include "tests/stand_ins/nican.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

namespace can::stand_in {

const Identity& identity() {
  static constexpr Identity nican{"nican", 2};
  return nican;
}

namespace nican {
namespace {

struct Objects {
  std::mutex mutex;
  std::map<Handle, std::shared_ptr<Object>> open;
  std::map<int, Config> configs;
  Handle next = 1;
};

Objects& objects() {
  static Objects& objects = *new Objects;
  return objects;
}

/// Ends bus off.
void start(Object& object) {
  change_channel(object.port.channel(), [](Channel& channel) {
    if (std::exchange(channel.off, false)) channel.tx_errors = channel.rx_errors = 0;
  });
  object.start_ns = now_ns();
  object.started = true;
  object.port.listen(true);
}

void stop(Object& object) {
  object.started = false;
  object.port.listen(false);
}

void reset(Object& object) {
  stop(object);
  object.port.clear_received();
  object.port.clear_waiting();
  object.background = kOk;
}

std::uint32_t code_of(BusError error) {
  constexpr std::uint32_t codes[] = {0x00B, 0x0AB, 0x08B, 0x02B, 0x04B, 0x0CB, 0x06B};
  return codes[static_cast<int>(error)];
}

std::uint64_t time_of(const Object& object, const Frame& frame) {
  const bool relative = object.config[kTimestampFormat] == 1;
  return relative ? static_cast<std::uint64_t>(frame.time_ns - object.start_ns) / 100
                  : filetime(frame.time_ns);
}

void set_bus_error(ReadFrame& read, const Frame& frame, const Channel& channel) {
  read.type = kBusError;
  read.length = 4;
  read.data[0] = static_cast<std::uint8_t>(frame.state);
  read.data[1] = static_cast<std::uint8_t>(channel.tx_errors);
  read.data[2] = static_cast<std::uint8_t>(channel.rx_errors);
}

ReadFrame read_frame(const Object& object, const Frame& frame) {
  ReadFrame read{};
  read.time = time_of(object, frame);
  if (frame.kind == Kind::kStatus) {
    set_bus_error(read, frame, channel_state(object.port.channel()));
    return read;
  }
  if (frame.kind == Kind::kError) {
    read.type = kCommError;
    read.id = static_cast<std::uint32_t>(error(code_of(frame.error)));
    return read;
  }
  read.id = frame.id | (frame.extended ? kExtendedId : 0);
  read.type = frame.kind == Kind::kRemote ? FrameType::kRemote : FrameType::kData;
  read.length = frame.length;
  std::memcpy(read.data, frame.data.data(), sizeof read.data);
  return read;
}

/// kReadOverflow once after a loss; kTimeout where there is nothing.
Status read(Object& object, ReadFrame& target) {
  if (object.port.take_overrun()) return kReadOverflow;
  const auto frame = object.port.take();
  if (!frame) return kTimeout;
  target = read_frame(object, *frame);
  return kOk;
}

bool is_sound(std::uint32_t id, std::uint8_t length) {
  const std::uint32_t most = id & kExtendedId ? 0x1FFFFFFF : 0x7FF;
  return (id & ~kExtendedId) <= most && length <= 8;
}

Status write(Object& object, std::uint32_t id, bool remote, std::uint8_t length,
             const std::uint8_t* data) {
  if (!is_sound(id, length)) return kBadParam;
  if (object.config[kListenOnly]) return kListenOnlyWrite;
  if (channel_state(object.port.channel()).off) return kCommunication;
  Frame frame;
  frame.id = id & ~kExtendedId;
  frame.extended = id & kExtendedId;
  frame.kind = remote ? Kind::kRemote : Kind::kData;
  frame.length = length;
  if (!remote) std::memcpy(frame.data.data(), data, length);
  return object.port.send(frame) == Sent::kFull ? kWriteOverflow : kOk;
}

Status write_all(Object& object, const ReadFrame* frames, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    ReadFrame frame;
    std::memcpy(&frame, frames + i, sizeof frame);
    if (frame.type > FrameType::kRemote) return kBadParam;
    const Status status =
        write(object, frame.id, frame.type == FrameType::kRemote, frame.length, frame.data);
    if (status != kOk) return status;
  }
  return kOk;
}

/// Until one of the desired states is there; READ_AVAIL alone wakes at once, others within 1 ms.
Status wait_for(Object& object, std::uint32_t desired, std::uint32_t ms, std::uint32_t& current) {
  const auto end = deadline(ms);
  for (;;) {
    current = state_of(object);
    if (const Status background = object.background.exchange(kOk)) return background;
    if (current & desired) return kOk;
    if (object.port.gone()) return gone_code(object.port.channel());
    if (end && std::chrono::steady_clock::now() >= *end) return kTimeout;
    std::this_thread::sleep_for(std::chrono::milliseconds(object.port.pending() ? 1 : 0));
    object.port.wait(1);
  }
}

}  // namespace

Object::Object(int channel, const Config& configured)
    : config(configured), port(channel, config[kReadQueueLength], config[kWriteQueueLength]) {
  port.set_filter([this](const Frame& frame) { return hears(frame); });
}

/// An error that isn't logged waits for the next call instead.
bool Object::hears(const Frame& frame) {
  if (frame.kind == Kind::kStatus) return config[kLogBusErrors] != 0;
  if (frame.kind == Kind::kError) {
    if (config[kLogCommErrors]) return true;
    background = warning(code_of(frame.error));
    return false;
  }
  if (frame.fd || (frame.own && !config[kSelfReception])) return false;
  return config.accepts(frame);
}

Status gone_code(int channel) {
  return static_cast<Status>(setting(channel, "gone_code", kBadInterface));
}

std::shared_ptr<Object> find(Handle handle) {
  const std::lock_guard lock(objects().mutex);
  const auto found = objects().open.find(handle);
  return found == objects().open.end() ? nullptr : found->second;
}

Config config_of(int channel) {
  const std::lock_guard lock(objects().mutex);
  return objects().configs[channel];
}

void keep_config(int channel, const Config& config) {
  const std::lock_guard lock(objects().mutex);
  objects().configs[channel] = config;
}

std::uint32_t state_of(Object& object) {
  const Channel channel = channel_state(object.port.channel());
  std::uint32_t state = object.port.pending() || object.port.overrun() ? kReadAvailable : 0;
  if (object.port.pending() * 2 >= object.config[kReadQueueLength]) state |= kReadMultiple;
  if (channel.waiting.empty()) state |= kWriteSuccess;
  if (!object.started || channel.off) state |= kStopped;
  if (channel.off) state |= kErrorState;
  return state | (object.background != kOk ? kWarningState : 0);
}

}  // namespace nican
}  // namespace can::stand_in

namespace {
using namespace can::stand_in;
using namespace can::stand_in::nican;
}  // namespace

/// `set CHANNEL exclusive 1`: an interface can be opened once.
STAND_IN_EXPORT Status NICAN_CALL ncOpenObject(const char* name, Handle* handle) {
  STAND_IN_CALL(Status);
  int channel = 0;
  const Status status = channel_of(name, channel);
  if (status != kOk) return status;
  if (setting(channel, "exclusive", 0) && open_ports(channel) > 0) return kAlreadyOpen;
  const auto object = std::make_shared<Object>(channel, config_of(channel));
  if (object->config[kStartOnOpen]) start(*object);
  const std::lock_guard lock(objects().mutex);
  *handle = objects().next++;
  objects().open[*handle] = object;
  return kOk;
}

STAND_IN_EXPORT Status NICAN_CALL ncCloseObject(Handle handle) {
  STAND_IN_CALL(Status);
  const std::lock_guard lock(objects().mutex);
  return objects().open.erase(handle) ? kOk : kBadHandle;
}

/// Closes all objects of an interface.
STAND_IN_EXPORT Status NICAN_CALL ncReset(const char* name, std::uint32_t /*parameter*/) {
  STAND_IN_CALL(Status);
  int channel = 0;
  const Status status = channel_of(name, channel);
  if (status != kOk) return status;
  const std::lock_guard lock(objects().mutex);
  std::erase_if(objects().open,
                [&](const auto& entry) { return entry.second->port.channel() == channel; });
  return kOk;
}

/// A reset empties both queues.
STAND_IN_EXPORT Status NICAN_CALL ncAction(Handle handle, std::uint32_t operation,
                                           std::uint32_t /*parameter*/) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Object& object) {
    switch (operation) {
      case kStart:
        start(object);
        return kOk;
      case kStop:
        stop(object);
        return kOk;
      case nican::kReset:
        reset(object);
        return kOk;
      default:
        return kBadParam;
    }
  });
}

STAND_IN_EXPORT Status NICAN_CALL ncRead(Handle handle, std::uint32_t size, ReadFrame* frame) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Object& object) {
    return size < sizeof *frame ? kBadParam : read(object, *frame);
  });
}

STAND_IN_EXPORT Status NICAN_CALL ncReadMult(Handle handle, std::uint32_t size, ReadFrame* frames,
                                             std::uint32_t* bytes) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Object& object) {
    std::uint32_t count = 0;
    Status status = kOk;
    while (count < size / sizeof *frames && status == kOk) {
      status = read(object, frames[count]);
      if (status == kOk) ++count;
    }
    *bytes = count * static_cast<std::uint32_t>(sizeof *frames);
    return status == kTimeout ? kOk : status;
  });
}

/// A size above that of the structure is taken.
STAND_IN_EXPORT Status NICAN_CALL ncWrite(Handle handle, std::uint32_t size,
                                          const WriteFrame* frame) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Object& object) {
    if (size < sizeof *frame) return kBadParam;
    return write(object, frame->id, frame->is_remote != 0, frame->length, frame->data);
  });
}

STAND_IN_EXPORT Status NICAN_CALL ncWriteMult(Handle handle, std::uint32_t size,
                                              const ReadFrame* frames) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Object& object) {
    const std::size_t count = size / sizeof *frames;
    if (size % sizeof *frames || count > kMostFrames) return kBadParam;
    return write_all(object, frames, count);
  });
}

STAND_IN_EXPORT Status NICAN_CALL ncWaitForState(Handle handle, std::uint32_t desired,
                                                 std::uint32_t ms, std::uint32_t* current) {
  STAND_IN_CALL(Status);
  return with(handle, [&](Object& object) { return wait_for(object, desired, ms, *current); });
}
