// SPDX-License-Identifier: MIT
// The rest of the stand-in for libicsneo: finding and opening devices, bit rates, events. With
// STAND_IN_OLD it is an early one, which finds devices by another function and has no events.
// Source: the icsneo C API of libicsneo, and icsnVC40.h.
#include <algorithm>
#include <cstdio>
#include <map>

#include "tests/stand_ins/neovi.h"

namespace can::stand_in::neovi {
namespace {

constexpr std::uint32_t kFire = 8, kValueCan3 = 0x10;
constexpr std::int32_t kFirstSerial = 1'679'616'001;  // RS0001 to base 36

struct Devices {
  std::mutex mutex;
  std::map<void*, std::shared_ptr<Device>> open;
};

Devices& devices() {
  static Devices& devices = *new Devices;
  return devices;
}

NeoDevice device_of(int channel) {
  NeoDevice device{};
  device.type = static_cast<std::uint32_t>(setting(channel, "type", channel ? kFire : kValueCan3));
  device.serial = static_cast<std::int32_t>(setting(channel, "serial", kFirstSerial + channel));
  device.clients = std::min(open_ports(channel), 1);
  device.most_clients = 1;
  return device;
}

std::vector<NeoDevice> all_devices() {
  std::vector<NeoDevice> all;
  for (int channel = 0; channel < device_count(); ++channel)
    if (present(channel)) all.push_back(device_of(channel));
  return all;
}

int channel_of(const NeoDevice& device) {
  for (int channel = 0; channel < device_count(); ++channel)
    if (present(channel) && device_of(channel).serial == device.serial) return channel;
  return -1;
}

/// The flag `set CHANNEL exclusive 1` refuses a second client, as devices do on Windows.
int open(NeoDevice& device, void** handle) {
  const int channel = channel_of(device);
  if (channel < 0) return 0;
  if (setting(channel, "exclusive", 0) && open_ports(channel) > 0) return 0;
  const auto opened = std::make_shared<Device>(channel);
  const std::lock_guard lock(devices().mutex);
  devices().open[opened.get()] = opened;
  *handle = opened.get();
  device.clients = 1;
  return 1;
}

int set_rate(void* handle, const char* name, int bitrate, int network) {
  return with(handle, [&](Device& device) {
    const bool good = bitrate > 0 && is_can(static_cast<unsigned>(network));
    if (!good) device.fail(bitrate > 0 ? kIllegalNetwork : kBadRate);
    if (good) set_setting(device.port.channel(), name, bitrate);
    return good ? 1 : 0;
  });
}

#ifndef STAND_IN_OLD
const char* text_of(int event) {
  switch (event) {
    case kBufferFull:
      return "The transmit buffer is full";
    case kNoResponse:
      return "The device does not respond";
    case kIllegalNetwork:
      return "The network can't be transmitted on";
    default:
      return "Stand-in text";
  }
}

bool is_asked_for(const NeoDevice& device, const unsigned* types, unsigned count) {
  return !types || count == 0 || std::find(types, types + count, device.type) != types + count;
}
#endif

}  // namespace

std::shared_ptr<Device> find(void* handle) {
  const std::lock_guard lock(devices().mutex);
  const auto found = devices().open.find(handle);
  return found == devices().open.end() ? nullptr : found->second;
}

}  // namespace can::stand_in::neovi

namespace {
using namespace can::stand_in;
using namespace can::stand_in::neovi;
}  // namespace

#ifdef STAND_IN_OLD

/// *count: how many the array holds, then how many there are in it.
STAND_IN_EXPORT int icsneoFindNeoDevices(unsigned long types, NeoDevice* found, int* count) {
  STAND_IN_CALL(int);
  int filled = 0;
  for (const NeoDevice& device : all_devices())
    if (device.type & types && filled < *count) found[filled++] = device;
  *count = filled;
  return 1;
}

STAND_IN_EXPORT int icsneoOpenNeoDevice(NeoDevice* device, void** handle,
                                        unsigned char* /*networks*/, int /*config_read*/,
                                        int /*sync_to_pc*/) {
  STAND_IN_CALL(int);
  return open(*device, handle);
}

STAND_IN_EXPORT int icsneoGetLastAPIError(void* /*handle*/, unsigned long* /*error*/) {
  STAND_IN_CALL(int);
  return 0;
}

STAND_IN_EXPORT int icsneoGetErrorMessages(void* /*handle*/, int* /*errors*/, int* /*count*/) {
  STAND_IN_CALL(int);
  return 0;
}

#else

/// *count: how many the array holds, then how many there are in it.
STAND_IN_EXPORT int icsneoFindDevices(NeoDeviceEx* found, int* count, const unsigned* types,
                                      unsigned type_count, void* /*options*/,
                                      unsigned* /*reserved*/) {
  STAND_IN_CALL(int);
  int filled = 0;
  for (const NeoDevice& device : all_devices()) {
    if (!is_asked_for(device, types, type_count) || filled >= std::min(*count, 255)) continue;
    found[filled] = {};
    found[filled++].device = device;
  }
  *count = filled;
  return 1;
}

/// All options are ignored.
STAND_IN_EXPORT int icsneoOpenDevice(NeoDeviceEx* device, void** handle,
                                     unsigned char* /*networks*/, int /*config_read*/,
                                     int /*options*/, void* /*open_options*/,
                                     unsigned long /*reserved*/) {
  STAND_IN_CALL(int);
  return open(device->device, handle);
}

STAND_IN_EXPORT int icsneoGetLastAPIError(void* handle, unsigned long* error) {
  STAND_IN_CALL(int);
  const auto device = find(handle);
  if (!device) return 0;
  const std::lock_guard lock(device->mutex);
  *error = static_cast<unsigned long>(device->last_event);
  return 1;
}

/// Hands out all events since the last call.
STAND_IN_EXPORT int icsneoGetErrorMessages(void* handle, int* errors, int* count) {
  STAND_IN_CALL(int);
  const auto device = find(handle);
  if (!device) return 0;
  const std::lock_guard lock(device->mutex);
  *count = static_cast<int>(device->events.size());
  std::copy(device->events.begin(), device->events.end(), errors);
  device->events.clear();
  return 1;
}

/// The severity of all is 0.
STAND_IN_EXPORT int icsneoGetErrorInfo(int error, char* short_text, char* long_text,
                                       int* most_short, int* most_long, int* severity,
                                       int* restart) {
  STAND_IN_CALL(int);
  std::snprintf(short_text, static_cast<std::size_t>(*most_short), "%s", text_of(error));
  std::snprintf(long_text, static_cast<std::size_t>(*most_long), "%s", text_of(error));
  *severity = *restart = 0;
  return 1;
}

#endif

STAND_IN_EXPORT int icsneoClosePort(void* handle, int* errors) {
  STAND_IN_CALL(int);
  if (errors) *errors = 0;
  const std::lock_guard lock(devices().mutex);
  return devices().open.erase(handle) ? 1 : 0;
}

/// Closing has freed it.
STAND_IN_EXPORT void icsneoFreeObject(void* /*handle*/) { called(__func__); }

STAND_IN_EXPORT int icsneoValidateHObject(void* handle) {
  STAND_IN_CALL(int);
  return find(handle) ? 1 : 0;
}

STAND_IN_EXPORT int icsneoSetBitRate(void* handle, int bitrate, int network) {
  STAND_IN_CALL(int);
  return set_rate(handle, "bitrate", bitrate, network);
}

STAND_IN_EXPORT int icsneoSetFDBitRate(void* handle, int bitrate, int network) {
  STAND_IN_CALL(int);
  return set_rate(handle, "data_bitrate", bitrate, network);
}

STAND_IN_EXPORT int icsneoGetDLLVersion() {
  STAND_IN_CALL(int);
  return 304;
}
