// SPDX-License-Identifier: MIT
// PEAK's CAN adapters, by PEAK's library PCAN-Basic.
//
//   canlogger -i pcan -c PCAN_USBBUS1 -b 500000
//
// Source: abi.h names PEAK's header; python-can's manual, chapter "PCAN Basic API", for the names
// of the settings. Other than there, a bit rate without registers in the header is calculated, not
// taken for 500000 bit/s.

#include "cansuite/devices.h"
#include "drivers/pcan/channels.h"
#include "drivers/pcan/device.h"
#include "drivers/pcan/options.h"
#include "drivers/support/open_polled.h"

namespace can {
namespace {

using namespace pcan;

class PcanBus final : public PolledBus, public pcan::Device {
 public:
  using PolledBus::PolledBus;

  void flash(bool on) override {
    use_device<PcanChannel>([on](PcanChannel& channel) { channel.flash(on); });
  }
  std::uint32_t status() const override {
    return use_device<PcanChannel>([](PcanChannel& channel) { return channel.status(); });
  }
};

BusConfig with_channel_of(BusConfig config) {
  if (is_set(config.options, kDeviceId))
    config.channel = "device_id=" + config.options.find(kDeviceId.name)->second;
  if (config.channel.empty()) config.channel = "PCAN_USBBUS1";
  return config;
}

std::unique_ptr<Bus> open(const BusConfig& given) {
  const BusConfig bus = with_channel_of(given);
  return open_polled<PcanBus, PcanChannel, Library>(bus, text_of(bus.options, kLibrary),
                                                    make_config);
}

std::vector<Detected> detect() {
  std::vector<Detected> all;
  for (const Attached& each : attached_channels(Library({})))
    all.push_back({channel_name(each.handle), each.description});
  return all;
}

}  // namespace

namespace drivers {
extern const Driver pcan;
constinit const Driver pcan = {
    .name = "pcan",
    .title = "PEAK's adapters, by its library PCAN-Basic",
    .channels = "PCAN_USBBUS1, PCAN_PCIBUS1, PCAN_LANBUS1",
    .options = kOptions,
    .open = open,
    .detect = detect,
    .channel_number = channel_number,
    .library = &kLibraryInfo,
};
}  // namespace drivers
}  // namespace can
