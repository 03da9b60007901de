// SPDX-License-Identifier: MIT
// What the parts of the stand-in for VCI share: CAN lines, and the objects behind its handles.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/control.h"
#include "tests/stand_ins/ixxat_abi.h"

namespace can::stand_in::ixxat {

constexpr int kLinesOfDevice = 2;  // channel = device * 2 + number of the line
constexpr std::uint32_t kClockHz = 16'000'000;
constexpr std::uint32_t kStampDivisor = 16;       // ticks of 1 us, which wrap after 71 minutes
constexpr std::uint32_t kCyclicDivisor = 16'000;  // ticks of 1 ms

/// Which ids of one format pass, as code and mask whose bit 0 is the remote bit.
struct Acceptance {
  using Entry = std::pair<std::uint32_t, std::uint32_t>;
  static constexpr std::size_t kMostIds = 4096;

  Entry filter{0, 0};
  std::vector<Entry> ids;
  bool accepts(std::uint32_t id_and_remote) const;
};

/// The controller of a CAN line, shared by all handles of this process.
struct Line {
  std::uint8_t mode = 0, btr0 = 0, btr1 = 0;
  int started = 0;  // control handles that have started it
  std::int64_t start_ns = 0;
  Acceptance standard, extended;
};

struct Lines {
  std::mutex mutex;
  std::map<int, Line> of;
};
Lines& lines();

/// Calls `use` with the line of a channel, locked: no function of bus.h may be called meanwhile but
/// now_ns().
template <typename Use>
auto with_line(int channel, Use use) {
  const std::lock_guard lock(lines().mutex);
  return use(lines().of[channel]);
}

/// What a handle is of.
struct Object {
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
  /// The bus channel it needs; -1: none.
  virtual int channel() const { return -1; }
  virtual bool gone() const { return channel() >= 0 && !present(channel()); }
};

struct Device : Object {
  explicit Device(int number) : number_(number) {}
  int channel() const override { return number_ * kLinesOfDevice; }
  const int number_;
};

Handle keep(std::shared_ptr<Object> object);
std::shared_ptr<Object> find(Handle handle);
Result release(Handle handle);
bool initialized();
/// What all functions return once the device has vanished; `set CHANNEL gone_code CODE`.
Result gone_code(int channel);

template <typename Kind>
std::shared_ptr<Kind> find_as(Handle handle) {
  return std::dynamic_pointer_cast<Kind>(find(handle));
}

/// Calls `use` with the object of a handle whose device is there.
template <typename Kind>
Result with(Handle handle, auto use) {
  if (!initialized()) return kNotInitialized;
  const auto object = find_as<Kind>(handle);
  if (!object) return kInvHandle;
  return object->gone() ? gone_code(object->channel()) : use(*object);
}

/// Opens an object on a line of a device: `make(channel)` may return none, for access denied.
Result open_on_line(Handle device, std::uint32_t line, Handle* opened, auto make) {
  if (!opened) return kInvalidArg;
  return with<Device>(device, [&](Device& parent) {
    if (line >= kLinesOfDevice) return kInvalidIndex;
    std::shared_ptr<Object> object = make(parent.channel() + static_cast<int>(line));
    if (!object) return kAccessDenied;
    *opened = keep(std::move(object));
    return kOk;
  });
}

/// Tells all channels of a line that its controller was started, stopped or reset.
void announce(int channel, Info info);
LineStatus line_status(int channel);
Capabilities capabilities();
/// Data, remote bit and length of a message to be sent.
Frame frame_of(std::uint32_t id, std::uint32_t info, const std::uint8_t* data);

}  // namespace can::stand_in::ixxat
