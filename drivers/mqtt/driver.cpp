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
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace fleet;

constexpr Option kLoginFile = {.name = "login_file", .help = "file with USER:PASSWORD"};
constexpr Option kTlsCa = {.name = "tls_ca",
                           .help = "authorities (PEM) that sign the broker's certificate",
                           .unset = "the system's authorities"};
constexpr Option kTlsCert = {.name = "tls_cert",
                             .help = "certificate (PEM) of the client, with tls_key"};
constexpr Option kTlsKey = {.name = "tls_key", .help = "private key (PEM) of tls_cert"};
constexpr Option kPlain = {.name = "plain",
                           .help = "allow mqtt://, which isn't encrypted, to other machines",
                           .kind = OptionKind::flag,
                           .preset = "false"};
constexpr Option kSend = {.name = "send",
                          .help = "send to the vehicle, which has to allow it",
                          .kind = OptionKind::flag,
                          .preset = "false"};
constexpr Option kOptions[] = {kLoginFile, kTlsCa, kTlsCert, kTlsKey, kPlain, kSend};

std::string text(const BusConfig& config, const Option& option) {
  return std::string(text_of(config.options, option));
}

std::unique_ptr<Bus> open(const BusConfig& config) try {
  const MqttOptions mqtt = {.url = parse_url(config.channel, Wildcards::allow),
                            .tls = {.certificate = text(config, kTlsCert),
                                    .key = text(config, kTlsKey),
                                    .authorities = text(config, kTlsCa)},
                            .login_file = text(config, kLoginFile),
                            .plain = flag_of(config.options, kPlain)};
  return std::make_unique<MqttBus>(mqtt, flag_of(config.options, kSend));
} catch (const Error& error) {
  fail_at("mqtt " + config.channel, error);
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
};
}  // namespace drivers
}  // namespace can
