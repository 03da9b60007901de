// SPDX-License-Identifier: MIT
// National Instruments' CAN cards, by its library NI-CAN, which is for Windows only.
//
//   canlogger -i nican -c CAN0 -b 500000
//
// Source: abi.h names the header; python-can's manual, chapter "NI-CAN", for the names of the
// settings.

#include "drivers/nican/device.h"
#include "drivers/nican/options.h"
#include "drivers/support/open_polled.h"

namespace can {
namespace {

using namespace nican;

std::unique_ptr<Bus> open(const BusConfig& given) {
  const BusConfig bus = with_channel(given, "CAN0");
  return open_polled<PolledBus, NiChannel, Library>(bus, text_of(bus.options, kLibrary),
                                                    make_config);
}

}  // namespace

namespace drivers {
extern const Driver nican;
constinit const Driver nican = {
    .name = "nican",
    .title = "National Instruments' cards, by its library NI-CAN (Windows)",
    .channels = "CAN0, CAN1",
    .options = kOptions,
    .open = open,
    .library = &kLibraryInfo,
};
}  // namespace drivers
}  // namespace can
