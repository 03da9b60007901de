// SPDX-License-Identifier: MIT
// Stands in for Ixxat's VCI, classic API (vcinpl.dll): devices and their enumeration. Devices have
// two CAN lines and the hardware ids HW000100, HW000101 and so on.
//
// Source: vcinpl.h, vcitype.h, cantype.h of VCI 3.
#include "tests/stand_ins/ixxat.h"

#include <cstdio>
#include <cstring>

namespace can::stand_in {

const Identity& identity() {
  static constexpr Identity ixxat{"ixxat", 2 * ixxat::kLinesOfDevice};
  return ixxat;
}

namespace ixxat {
namespace {

std::atomic<bool> is_initialized = false;

struct Objects {
  std::mutex mutex;
  std::map<Handle, std::shared_ptr<Object>> open;
};

Objects& objects() {
  static Objects& objects = *new Objects;
  return objects;
}

struct Enumeration : Object {
  std::atomic<int> next = 0;
};

DeviceInfo info_of(int number) {
  DeviceInfo info{};
  info.id = number + 1;
  info.driver_major = 3;
  info.hardware_major = 1;
  std::snprintf(info.hardware_id, sizeof info.hardware_id, "HW%06d", 100 + number);
  std::snprintf(info.description, sizeof info.description, "USB-to-CAN stand-in");
  std::snprintf(info.manufacturer, sizeof info.manufacturer, "cansuite");
  return info;
}

bool is_there(int number) { return present(number * kLinesOfDevice); }

Result next(Enumeration& enumeration, DeviceInfo& info) {
  for (int number; (number = enumeration.next++) * kLinesOfDevice < device_count();) {
    if (!is_there(number)) continue;
    info = info_of(number);
    return kOk;
  }
  return kNoMoreItems;
}

const char* text_of(Result result) {
  constexpr const char* texts[] = {"",
                                   "unexpected",
                                   "not implemented",
                                   "out of memory",
                                   "invalid argument",
                                   "no interface",
                                   "invalid pointer",
                                   "invalid handle",
                                   "aborted",
                                   "failed",
                                   "access denied",
                                   "time-out",
                                   "busy",
                                   "pending",
                                   "no data",
                                   "no more items",
                                   "not initialized",
                                   "already initialized",
                                   "receive queue empty",
                                   "transmit queue full",
                                   "buffer overflow",
                                   "invalid state",
                                   "object already exists",
                                   "invalid index",
                                   "end of file",
                                   "disconnected",
                                   "wrong firmware"};
  const auto code = static_cast<std::uint32_t>(result) & 0xFFFF;
  return code < std::size(texts) ? texts[code] : "unknown";
}

}  // namespace

Lines& lines() {
  static Lines& lines = *new Lines;
  return lines;
}

bool initialized() { return is_initialized; }

Result gone_code(int channel) {
  return static_cast<Result>(setting(channel, "gone_code", kDisconnected));
}

Handle keep(std::shared_ptr<Object> object) {
  const std::lock_guard lock(objects().mutex);
  Handle handle = object.get();
  objects().open[handle] = std::move(object);
  return handle;
}

std::shared_ptr<Object> find(Handle handle) {
  const std::lock_guard lock(objects().mutex);
  const auto found = objects().open.find(handle);
  return found == objects().open.end() ? nullptr : found->second;
}

/// The object is destroyed with nothing locked: its end may send or wait.
Result release(Handle handle) {
  const auto object = find(handle);
  const std::lock_guard lock(objects().mutex);
  return objects().open.erase(handle) ? kOk : kInvHandle;
}

bool Acceptance::accepts(std::uint32_t id_and_remote) const {
  const auto fits = [&](const Entry& entry) {
    return ((id_and_remote ^ entry.first) & entry.second) == 0;
  };
  if (fits(filter)) return true;
  for (const Entry& entry : ids)
    if (fits(entry)) return true;
  return false;
}

Capabilities capabilities() {
  constexpr std::uint32_t features = 0x1 | 0x2 | 0x4 | 0x8 | 0x20 | 0x40 | 0x80;
  return {1, 1, features, kClockHz, kStampDivisor, kCyclicDivisor, 0xFFFF, 0, 0};
}

}  // namespace ixxat
}  // namespace can::stand_in

namespace {
using namespace can::stand_in;
using namespace can::stand_in::ixxat;
}  // namespace

/// Without arguments, so that the 32-bit export has no decoration.
STAND_IN_EXPORT Result vciInitialize() {
  STAND_IN_CALL(Result);
  is_initialized = true;
  return kOk;
}

STAND_IN_EXPORT void VCI_CALL vciFormatError(Result result, char* text, std::uint32_t size) {
  called(__func__);
  std::snprintf(text, size, "stand-in: %s", text_of(result));
}

STAND_IN_EXPORT Result VCI_CALL vciEnumDeviceOpen(Handle* handle) {
  STAND_IN_CALL(Result);
  if (!initialized()) return kNotInitialized;
  *handle = keep(std::make_shared<Enumeration>());
  return kOk;
}

STAND_IN_EXPORT Result VCI_CALL vciEnumDeviceNext(Handle handle, DeviceInfo* info) {
  STAND_IN_CALL(Result);
  return with<Enumeration>(handle, [&](Enumeration& all) { return next(all, *info); });
}

STAND_IN_EXPORT Result VCI_CALL vciEnumDeviceReset(Handle handle) {
  STAND_IN_CALL(Result);
  return with<Enumeration>(handle, [](Enumeration& all) {
    all.next = 0;
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL vciEnumDeviceClose(Handle handle) {
  STAND_IN_CALL(Result);
  return find_as<Enumeration>(handle) ? release(handle) : kInvHandle;
}

STAND_IN_EXPORT Result VCI_CALL vciDeviceOpen(const DeviceId* id, Handle* handle) {
  STAND_IN_CALL(Result);
  if (!initialized()) return kNotInitialized;
  const int number = static_cast<int>(*id) - 1;
  if (number < 0 || !is_there(number)) return kFail;
  *handle = keep(std::make_shared<Device>(number));
  return kOk;
}

STAND_IN_EXPORT Result VCI_CALL vciDeviceClose(Handle handle) {
  STAND_IN_CALL(Result);
  return find_as<Device>(handle) ? release(handle) : kInvHandle;
}

STAND_IN_EXPORT Result VCI_CALL vciDeviceGetInfo(Handle handle, DeviceInfo* info) {
  STAND_IN_CALL(Result);
  return with<Device>(handle, [&](Device& device) {
    *info = info_of(device.number_);
    return kOk;
  });
}
