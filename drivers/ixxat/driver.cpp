// SPDX-License-Identifier: MIT
// HMS' Ixxat adapters, by HMS' library VCI, which is for Windows only.
//
//   canlogger -i ixxat -c 0 -b 500000
//
// Source: abi.h names the headers; python-can's manual, chapter "IXXAT Virtual CAN Interface", for
// the names of the settings. Other than there, filters have plain ids, not those with the bit of
// remote frames below, and the queues are longer.

#include "drivers/ixxat/device.h"
#include "drivers/ixxat/options.h"
#include "drivers/support/open_polled.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace ixxat;

std::unique_ptr<Bus> open(const BusConfig& given) {
  const BusConfig bus = with_channel(given, "0");
  return open_polled<PolledBus, IxxatChannel, Library>(bus, text_of(bus.options, kLibrary),
                                                       make_config);
}

std::vector<Detected> detect() {
  std::vector<Detected> all;
  for (const DeviceInfo& each : Library({}).find())
    all.push_back({"0", fmt::format("{}, hardware id {}", text_in(each.description),
                                    text_in(each.unique_hardware_id))});
  return all;
}

}  // namespace

namespace drivers {
extern const Driver ixxat;
constinit const Driver ixxat = {
    .name = "ixxat",
    .title = "HMS' Ixxat adapters, by its library VCI (Windows)",
    .channels = "0, 1",
    .options = kOptions,
    .open = open,
    .detect = detect,
    .library = &kLibraryInfo,
};
}  // namespace drivers
}  // namespace can
