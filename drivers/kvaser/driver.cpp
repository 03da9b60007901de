// SPDX-License-Identifier: MIT
// Kvaser's CAN adapters, by Kvaser's library CANLIB.
//
//   canlogger -i kvaser -c 0 -b 500000
//   canserver --interface kvaser --channel 0 --port 54702
//
// Source: abi.h names Kvaser's headers; python-can's manual, chapter "Kvaser's CANLIB", for the
// names of the settings. Other than there, single_handle is on: with two handles a program hears
// either no other program of its machine on the channel, or itself, too.

#include "cansuite/devices.h"
#include "drivers/kvaser/device.h"
#include "drivers/kvaser/options.h"
#include "drivers/support/open_polled.h"

namespace can {
namespace {

using namespace kvaser;

class KvaserBus final : public PolledBus, public kvaser::Device {
 public:
  using PolledBus::PolledBus;

  void flash(bool on) override {
    use_device<KvaserChannel>([on](KvaserChannel& channel) { channel.flash(on); });
  }
  std::chrono::nanoseconds timer_offset() const override {
    return use_device<KvaserChannel>([](KvaserChannel& c) { return c.timer_offset(); });
  }
};

std::unique_ptr<Bus> open(const BusConfig& given) {
  const BusConfig bus = with_channel(given, "0");
  return open_polled<KvaserBus, KvaserChannel, Library>(bus, text_of(bus.options, kLibrary),
                                                        make_config);
}

std::vector<Detected> detect() {
  const Library library({});
  int count = 0;
  check(library.count_channels(&count), "count the channels");
  std::vector<Detected> all;
  for (int channel = 0; channel < count; ++channel)
    all.push_back({std::to_string(channel), describe(library, channel)});
  return all;
}

}  // namespace

namespace drivers {
extern const Driver kvaser;
constinit const Driver kvaser = {
    .name = "kvaser",
    .title = "Kvaser's adapters, by its library CANLIB",
    .channels = "0, 1",
    .options = kOptions,
    .open = open,
    .detect = detect,
    .library = &kLibraryInfo,
};
}  // namespace drivers
}  // namespace can
