// SPDX-License-Identifier: MIT
// Intrepid's neoVI and ValueCAN, by its library libicsneo. A channel is a network of a device.
//
//   canlogger -i neovi -c 1 -b 500000
//   canlogger -i neovi -c HSCAN2 -o serial=CY1234
//
// Source: abi.h names the header; python-can's manual, chapter "NEOVI Interface", for the names of
// the settings. Other than there, own messages are received only when asked for, as on all
// interfaces.

#include "drivers/neovi/device.h"
#include "drivers/neovi/networks.h"
#include "drivers/neovi/options.h"
#include "drivers/support/polled_bus.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace neovi;

BusConfig with_channel(BusConfig config) {
  if (config.channel.empty()) config.channel = "1";
  return config;
}

std::unique_ptr<Bus> open(const BusConfig& given) try {
  const BusConfig bus = with_channel(given);
  const Config config = make_config(bus);
  const auto library = std::make_shared<const Library>(text_of(bus.options, kLibrary));
  return std::make_unique<PolledBus>(polled_bus_options(bus), [library, config] {
    return std::make_unique<NeoNetwork>(library, config);
  });
} catch (const Error& error) {
  fail_at(name_of(with_channel(given)), error);
}

std::vector<Detected> detect() {
  std::vector<Detected> all;
  for (const NeoDeviceEx& each : Library({}).find(0xFFFFFFFF))
    all.push_back({"1", describe(each.device)});
  return all;
}

}  // namespace

namespace drivers {
extern const Driver neovi;
constinit const Driver neovi = {
    .name = "neovi",
    .title = "Intrepid's neoVI and ValueCAN, by its library libicsneo",
    .channels = "1, HSCAN2",
    .options = kOptions,
    .open = open,
    .detect = detect,
    .library = &kLibraryInfo,
};
}  // namespace drivers
}  // namespace can
