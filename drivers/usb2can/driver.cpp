// SPDX-License-Identifier: MIT
// 8devices' USB2CAN, and all other adapters with a CANAL library.
//
//   canlogger -i usb2can -c ED000100 -b 500000
//   canlogger -i usb2can -o library=/var/lib/vscp/drivers/level1/vscpl1drv-can232.so -c
//   "/dev/ttyUSB0;115200"
//
// Source: abi.h names the header; python-can's manual, chapter "USB2CAN Interface", for the names
// of the settings. Other than there, a channel with a ';' is the whole text for CanalOpen().

#include "drivers/support/open_polled.h"
#include "drivers/usb2can/device.h"
#include "drivers/usb2can/options.h"

namespace can {
namespace {

using namespace usb2can;

class CanalBus final : public PolledBus, public usb2can::Device {
 public:
  using PolledBus::PolledBus;

  std::uint32_t status() const override {
    return use_device<CanalChannel>([](const CanalChannel& channel) { return channel.status(); });
  }
  Statistics statistics() const override {
    return use_device<CanalChannel>(
        [](const CanalChannel& channel) { return channel.statistics(); });
  }
  std::string version() const override {
    return use_device<CanalChannel>([](const CanalChannel& channel) {
      const auto version = channel.library().version;
      return version ? version_text(version()) : std::string();
    });
  }
  std::string library_version() const override {
    return use_device<CanalChannel>([](const CanalChannel& channel) {
      const auto version = channel.library().library_version;
      return version ? version_text(version()) : std::string();
    });
  }
  std::string vendor() const override {
    return use_device<CanalChannel>(
        [](const CanalChannel& channel) { return channel.library().vendor_text(); });
  }
};

BusConfig with_channel_of(BusConfig config) {
  if (const auto serial = text_of(config.options, kSerial); !serial.empty())
    config.channel = serial;
  return config;
}

std::unique_ptr<Bus> open(const BusConfig& given) {
  const BusConfig bus = with_channel_of(given);
  const std::string_view dll = text_of(bus.options, kDll);
  return open_polled<CanalBus, CanalChannel, Library>(
      bus, dll.empty() ? text_of(bus.options, kLibrary) : dll, make_config);
}

/// A serial number is none.
unsigned channel_number(std::string_view) { return 0; }

constexpr std::string_view kAliases[] = {"canal"};

}  // namespace

namespace drivers {
extern const Driver usb2can;
constinit const Driver usb2can = {
    .name = "usb2can",
    .title = "8devices' USB2CAN, and other adapters with a CANAL library",
    .channels = "ED000100, \"/dev/ttyUSB0;115200\"",
    .aliases = kAliases,
    .options = kOptions,
    .open = open,
    .channel_number = channel_number,
    .library = &kLibraryInfo,
};
}  // namespace drivers
}  // namespace can
