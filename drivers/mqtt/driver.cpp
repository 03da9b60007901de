// SPDX-License-Identifier: MIT
// The buses of vehicles that publish their messages at an MQTT broker: live, and without a store.
//
//   canviewer -i mqtt -c mqtts://broker.example.org/fleet/car17
//   canlogger -i mqtt -c 'mqtts://broker.example.org/fleet/+'
//
// Source: doc/fleet.md. A vehicle publishes with "canlogger -f
// mqtts://broker.example.org/fleet/car17".

#include "cansuite/interfaces.h"
#include "drivers/mqtt/bus.h"
#include "libcan/fleet/mosquitto.h"
#include "libcan/fleet/mqtt_options.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace fleet;

constexpr Option kSend = {.name = "send",
                          .help = "send to the vehicle, which has to allow it",
                          .kind = OptionKind::flag,
                          .preset = "false"};
constexpr Option kOptions[] = {kBusOptions.login_file, kBusOptions.tls_ca, kBusOptions.tls_cert,
                               kBusOptions.tls_key,    kBusOptions.plain,  kSend};

std::unique_ptr<Bus> open(const BusConfig& config) try {
  const MqttOptions mqtt =
      kBusOptions.read(parse_url(config.channel, Wildcards::allow), config.options);
  return std::make_unique<MqttBus>(mqtt, flag_of(config.options, kSend));
} catch (const Error& error) {
  fail_at("mqtt " + config.channel, error);
}

bool has_effect(std::string_view option, std::string_view channel) {
  return !option.starts_with("tls_") || channel.starts_with("mqtts://");
}

}  // namespace

namespace drivers {
extern const Driver mqtt;
constinit const Driver mqtt = {
    .name = "mqtt",
    .title = "vehicles that publish at an MQTT broker",
    .channels = "mqtts://host/fleet/car17, mqtts://host/fleet/+",
    .options = kOptions,
    .open = open,
    .library = &kMosquittoInfo,
    .has_effect = has_effect,
};
}  // namespace drivers
}  // namespace can
