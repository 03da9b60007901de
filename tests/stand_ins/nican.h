// SPDX-License-Identifier: MIT
// What the parts of the stand-in for NI-CAN share: configurations, and the objects behind handles.
#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/control.h"
#include "tests/stand_ins/nican_abi.h"

namespace can::stand_in::nican {

/// The attributes of an interface.
class Config {
 public:
  /// One that is named twice has the value that came last.
  Status set(std::uint32_t attribute, std::uint32_t value);
  std::uint32_t operator[](std::uint32_t attribute) const;
  bool has(std::uint32_t attribute) const { return values_.contains(attribute); }
  bool accepts(const Frame& frame) const;
  /// Bit/s; 0: none of the rates that the attribute has.
  static std::uint32_t bitrate_of(std::uint32_t value);

 private:
  std::map<std::uint32_t, std::uint32_t> values_ = {
      {kStartOnOpen, 1},        {kBaudRate, 125'000},     {kReadQueueLength, 150},
      {kWriteQueueLength, 10},  {kStandardComparator, 0}, {kStandardMask, 0},
      {kExtendedComparator, 0}, {kExtendedMask, 0},       {kLogCommErrors, 0},
      {kListenOnly, 0},         {kSelfReception, 0},      {kSingleShot, 0},
      {kTimestampFormat, 0},    {kLogBusErrors, 0},
  };
};

/// An open network interface.
struct Object {
  Object(int channel, const Config& configured);

  const Config config;
  std::atomic<bool> started = false;
  std::atomic<std::int64_t> start_ns = 0;
  std::atomic<Status> background = kOk;  // an error of the bus that isn't logged as a frame
  Port port;                             // the last: its filter reads what stands above

 private:
  bool hears(const Frame& frame);
};

/// The channel of a name such as CAN0; an error: no name, or no such interface.
Status channel_of(const char* name, int& channel);
/// What ncConfig said about a channel.
Config config_of(int channel);
void keep_config(int channel, const Config& config);

std::shared_ptr<Object> find(Handle handle);
/// What all functions return once the interface has vanished; `set CHANNEL gone_code CODE`.
Status gone_code(int channel);

/// Calls `use` with an open object whose interface is there.
template <typename Use>
Status with(Handle handle, Use use) {
  const auto object = find(handle);
  if (!object) return kBadHandle;
  return object->port.gone() ? gone_code(object->port.channel()) : use(*object);
}

/// The bits of ncWaitForState.
std::uint32_t state_of(Object& object);
std::uint64_t filetime(std::int64_t time_ns);

}  // namespace can::stand_in::nican
