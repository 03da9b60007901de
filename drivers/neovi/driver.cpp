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
#include "drivers/support/open_polled.h"

namespace can {
namespace {

using namespace neovi;

std::unique_ptr<Bus> open(const BusConfig& given) {
  const BusConfig bus = with_channel(given, "1");
  return open_polled<PolledBus, NeoNetwork, Library>(bus, text_of(bus.options, kLibrary),
                                                     make_config);
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
