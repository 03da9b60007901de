// SPDX-License-Identifier: MIT
// The rest of the stand-in for PCAN-Basic: parameters, texts and looking up a channel.
// Source: PCANBasic.h 4.10.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <vector>

#include "tests/stand_ins/pcan.h"

namespace {

using namespace can::stand_in;
using namespace can::stand_in::pcan;

constexpr std::uint8_t kUsb = 5;  // the device type

template <typename Value>
Status give(void* buffer, std::uint32_t size, const Value& value) {
  if (!buffer || size < sizeof value) return kIllParamVal;
  std::memcpy(buffer, &value, sizeof value);
  return kOk;
}

Status give_number(void* buffer, std::uint32_t size, long long number) {
  return give(buffer, size, static_cast<std::uint32_t>(number));
}

Status give_text(void* buffer, std::uint32_t size, const std::string& text) {
  if (!buffer || size <= text.size()) return kIllParamVal;
  std::memcpy(buffer, text.c_str(), text.size() + 1);
  return kOk;
}

std::uint32_t device_id(int channel) {
  return static_cast<std::uint32_t>(setting(channel, "device_id", channel + 1));
}

std::uint32_t features(int channel) { return setting(channel, "fd", 1) ? 1 : 0; }

/// 0 not there, 1 available, 2 in use.
std::uint32_t condition(int channel) {
  if (!present(channel)) return 0;
  return find(handle_of(channel)) ? 2 : 1;
}

#ifndef STAND_IN_OLD
ChannelInformation information(int channel) {
  ChannelInformation info{};
  info.handle = handle_of(channel);
  info.device_type = kUsb;
  info.features = features(channel);
  std::snprintf(info.name, sizeof info.name, "PCAN-USB stand-in");
  info.device_id = device_id(channel);
  info.condition = condition(channel);
  return info;
}

Status attached_channels(void* buffer, std::uint32_t size) {
  std::vector<ChannelInformation> all;
  all.reserve(static_cast<std::size_t>(device_count()));
  for (int channel = 0; channel < device_count(); ++channel) all.push_back(information(channel));
  const std::size_t needed = all.size() * sizeof all[0];
  if (!buffer || size < needed) return kIllParamVal;
  std::memcpy(buffer, all.data(), needed);
  return kOk;
}
#endif

/// Handle 0: of the library, not of a channel.
Status library_value(std::uint8_t parameter, void* buffer, std::uint32_t size) {
#ifndef STAND_IN_OLD
  if (parameter == kAttachedCount) return give_number(buffer, size, device_count());
  if (parameter == kAttachedChannels) return attached_channels(buffer, size);
#endif
  return parameter == kApiVersion ? give_text(buffer, size, "4.10.0.0") : kIllParamType;
}

/// What can be asked of a channel that isn't initialized; none: it has to be.
std::optional<Status> value_before(int channel, std::uint8_t parameter, void* buffer,
                                   std::uint32_t size) {
  switch (parameter) {
    case kDeviceId:
      return give_number(buffer, size, device_id(channel));
    case kHardwareName:
      return give_text(buffer, size, "PCAN-USB stand-in");
    case kControllerNumber:
      return give_number(buffer, size, 0);
    case kChannelFeatures:
      return give_number(buffer, size, features(channel));
    case kChannelVersion:
      return give_text(buffer, size, "8.20.0");
    case kFirmwareVersion:
      return give_text(buffer, size, "1.0.0");
    case kListenOnly:
      return give_number(buffer, size, options_before(channel).listen_only);
    default:
      return std::nullopt;
  }
}

std::uint64_t filter_value(const Acceptance& acceptance) {
  return std::uint64_t{acceptance.code} << 32 | acceptance.mask;
}

Status value_of(const Open& open, std::uint8_t parameter, void* buffer, std::uint32_t size) {
  const int channel = open.port.channel();
  switch (parameter) {
    case kReceiveEvent:
      return give_number(buffer, size, open.port.descriptor());
    case kMessageFilter:
      return give_number(buffer, size, open.filter_state);
    case kListenOnly:
      return give_number(buffer, size, open.options.listen_only);
    case kBusOffAutoReset:
      return give_number(buffer, size, setting(channel, "auto_reset", 0));
    case kReceiveStatus:
      return give_number(buffer, size, open.options.receive);
    case kBitrateInfo:
      return give_number(buffer, size, open.btr);
    case kBitrateInfoFd:
      return give_text(buffer, size, open.fd_rates);
    case kBusSpeedNominal:
      return give_number(buffer, size, open.nominal);
    case kBusSpeedData:
      return give(buffer, size, std::uint64_t{open.data});  // 8 bytes on Linux
    case kAllowStatusFrames:
      return give_number(buffer, size, open.options.status);
    case kAllowRtrFrames:
      return give_number(buffer, size, open.options.remote);
    case kAllowErrorFrames:
      return give_number(buffer, size, open.options.errors);
    case kAllowEchoFrames:
      return give_number(buffer, size, open.options.echo);
    case kFilter11Bit:
      return give(buffer, size, filter_value(open.standard));
    case kFilter29Bit:
      return give(buffer, size, filter_value(open.extended));
    default:
      return kIllParamType;
  }
}

/// Where an option that is on or off is kept; none: the parameter is none.
std::atomic<bool>* option_of(Options& options, std::uint8_t parameter) {
  switch (parameter) {
    case kListenOnly:
      return &options.listen_only;
    case kReceiveStatus:
      return &options.receive;
    case kAllowStatusFrames:
      return &options.status;
    case kAllowRtrFrames:
      return &options.remote;
    case kAllowErrorFrames:
      return &options.errors;
    case kAllowEchoFrames:
      return &options.echo;
    default:
      return nullptr;
  }
}

Status set_option(int channel, std::atomic<bool>& option, std::uint8_t parameter,
                  std::uint64_t value) {
  if (parameter == kAllowEchoFrames && setting(channel, "echo", 1) == 0) return kIllParamType;
  if (value > 1) return kIllParamVal;
  option = value == 1;
  if (parameter == kListenOnly) set_setting(channel, "silent", option);
  return kOk;
}

Status set_filter(Open& open, Acceptance& acceptance, std::uint64_t value) {
  acceptance.code = static_cast<std::uint32_t>(value >> 32);
  acceptance.mask = static_cast<std::uint32_t>(value);
  open.filter_state = 2;
  return kOk;
}

/// Open or closed; an open one lets through all that the other filters do.
Status set_filter_state(Open& open, std::uint64_t value) {
  if (value > 1) return kIllParamVal;
  open.filter_state = static_cast<std::uint32_t>(value);
  for (Acceptance* acceptance : {&open.standard, &open.extended}) {
    acceptance->mask = acceptance->to = 0xFFFFFFFF;
    acceptance->from = 0;
    acceptance->has_range = false;
  }
  return kOk;
}

Status set_value(Open& open, std::uint8_t parameter, std::uint64_t value) {
  const int channel = open.port.channel();
  if (auto* option = option_of(open.options, parameter))
    return set_option(channel, *option, parameter, value);
  switch (parameter) {
    case kReceiveEvent:
      return kIllOperation;  // on Linux it can only be asked for
    case kMessageFilter:
      return set_filter_state(open, value);
    case kBusOffAutoReset:
      set_setting(channel, "auto_reset", static_cast<long long>(value));
      return kOk;
    case kInterframeDelay:
      return kOk;
    case kFilter11Bit:
      return set_filter(open, open.standard, value);
    case kFilter29Bit:
      return set_filter(open, open.extended, value);
    default:
      return kIllParamType;
  }
}

/// What can be set on a channel that isn't initialized; none: it has to be.
std::optional<Status> set_before(int channel, std::uint8_t parameter, std::uint64_t value) {
  if (parameter == kDeviceId || parameter == kChannelIdentifying) {
    set_setting(channel, parameter == kDeviceId ? "device_id" : "led",
                static_cast<long long>(value));
    return kOk;
  }
  if (parameter != kListenOnly && parameter != kAllowEchoFrames) return std::nullopt;
  Options& options = options_before(channel);
  return set_option(channel, *option_of(options, parameter), parameter, value);
}

constexpr std::size_t kTextSize = 256;

struct Text {
  Status status;
  const char* english;
};

constexpr Text kTexts[] = {
    {0, "No Error"},
    {0x1, "Stand-in text: transmit buffer full"},
    {0x2, "Stand-in text: overrun"},
    {0x4, "Stand-in text: bus light"},
    {0x8, "Stand-in text: bus heavy"},
    {0x10, "Stand-in text: bus off"},
    {0x20, "The receive queue is empty"},
    {0x40, "Stand-in text: receive queue overrun"},
    {0x80, "Stand-in text: transmit queue full"},
    {0x200, "The driver is not loaded"},
    {0x400, "Stand-in text: hardware in use"},
    {0x1400, "The value of a PCAN-Hardware handle is invalid"},
    {0x4000, "Stand-in text: parameter type not supported"},
    {0x8000, "Stand-in text: parameter value"},
    {0x20000, "Stand-in text: illegal data"},
    {0x40000, "Stand-in text: bus passive"},
    {0x4000000,
     "A PCAN Channel has not been initialized yet or the initialization process has failed"},
    {0x8000000, "Stand-in text: illegal operation"},
};

#ifndef STAND_IN_OLD
/// Whether a device is what a text such as "devicetype=pcan_usb, deviceid=5" asks for.
bool matches(int channel, const std::string& text) {
  std::string lower;
  std::transform(text.begin(), text.end(), std::back_inserter(lower),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::erase(lower, ' ');
  std::istringstream stream(lower);
  for (std::string field; std::getline(stream, field, ',');) {
    const std::string value = field.substr(field.find('=') + 1);
    if (field.starts_with("devicetype=") && value != "pcan_usb") return false;
    if (field.starts_with("deviceid=") && std::stoul(value, nullptr, 0) != device_id(channel))
      return false;
    if (field.starts_with("controllernumber=") && value != "0") return false;
  }
  return true;
}
#endif

}  // namespace

STAND_IN_EXPORT Status CAN_GetValue(Handle handle, std::uint8_t parameter, void* buffer,
                                    std::uint32_t size) {
  STAND_IN_CALL(Status);
  if (handle == 0) return library_value(parameter, buffer, size);
  const int channel = channel_of(handle);
  if (parameter == kApiVersion) return library_value(parameter, buffer, size);
  if (parameter == kChannelCondition) return give_number(buffer, size, condition(channel));
  if (!present(channel)) return why_unusable(handle, nullptr);
  const auto open = find(handle);
  if (open && parameter == kListenOnly) return value_of(*open, parameter, buffer, size);
  if (const auto status = value_before(channel, parameter, buffer, size)) return *status;
  return with(handle, [&](Open& use) { return value_of(use, parameter, buffer, size); });
}

STAND_IN_EXPORT Status CAN_SetValue(Handle handle, std::uint8_t parameter, void* buffer,
                                    std::uint32_t size) {
  STAND_IN_CALL(Status);
  const int channel = channel_of(handle);
  if (!present(channel)) return why_unusable(handle, nullptr);
  std::uint64_t value = 0;
  const bool wide = parameter == kFilter11Bit || parameter == kFilter29Bit;
  if (!buffer || (wide ? size != 8 : size == 0 || size > 8)) return kIllParamVal;
  std::memcpy(&value, buffer, size);
  const auto open = find(handle);
  if (!open || parameter == kDeviceId || parameter == kChannelIdentifying)
    return set_before(channel, parameter, value).value_or(kInitialize);
  return with(handle, [&](Open& use) { return set_value(use, parameter, value); });
}

/// Has a text for a code alone, none for several together.
STAND_IN_EXPORT Status CAN_GetErrorText(Status error, std::uint16_t /*language*/, char* buffer) {
  STAND_IN_CALL(Status);
  for (const Text& text : kTexts) {
    if (text.status != error) continue;
    std::snprintf(buffer, kTextSize, "%s", text.english);
    return kOk;
  }
  return kIllParamVal;
}

#ifndef STAND_IN_OLD
/// *found is 0 where no device is as asked for.
STAND_IN_EXPORT Status CAN_LookUpChannel(char* parameters, Handle* found) {
  STAND_IN_CALL(Status);
  *found = 0;
  for (int channel = device_count() - 1; channel >= 0; --channel)
    if (present(channel) && matches(channel, parameters)) *found = handle_of(channel);
  return kOk;
}
#endif
