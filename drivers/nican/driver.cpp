// SPDX-License-Identifier: MIT
// National Instruments' CAN cards, by its library NI-CAN, which is for Windows only.
//
//   canlogger -i nican -c CAN0 -b 500000
//
// Source: abi.h names the header; python-can's manual, chapter "NI-CAN", for the names of the
// settings.

#include "drivers/nican/device.h"
#include "drivers/nican/options.h"
#include "drivers/support/polled_bus.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace nican;

BusConfig with_channel(BusConfig config) {
  if (config.channel.empty()) config.channel = "CAN0";
  return config;
}

std::unique_ptr<Bus> open(const BusConfig& given) try {
  const BusConfig bus = with_channel(given);
  const Config config = make_config(bus);
  const auto library = std::make_shared<const Library>(text_of(bus.options, kLibrary));
  return std::make_unique<PolledBus>(polled_bus_options(bus), [library, config] {
    return std::make_unique<NiChannel>(library, config);
  });
} catch (const Error& error) {
  fail_at(name_of(with_channel(given)), error);
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
