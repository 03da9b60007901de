// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/option.h"
#include "libcan/fleet/mqtt_client.h"

namespace can::fleet {

/// The options of a connection to a broker, as an interface or a log declares them.
struct MqttOptionSet {
  Option login_file, tls_ca, tls_cert, tls_key, plain;

  /// The values as MqttOptions. Throws Errc::invalid.
  MqttOptions read(Url url, const OptionValues& values) const;
};

/// The names of options that differ between interfaces and logs.
struct MqttOptionNames {
  std::string_view login_file, tls_ca, tls_cert, tls_key;
};

constexpr MqttOptionSet mqtt_option_set(const MqttOptionNames& names) {
  return {.login_file = {.name = names.login_file,
                         .help = "file with USER:PASSWORD for the broker",
                         .unset = "none"},
          .tls_ca = {.name = names.tls_ca,
                     .help = "authorities (PEM) of the broker",
                     .unset = "the system's"},
          .tls_cert = {.name = names.tls_cert,
                       .help = "certificate (PEM) for the broker",
                       .unset = "none"},
          .tls_key = {.name = names.tls_key,
                      .help = "private key (PEM) of the certificate",
                      .unset = "none"},
          .plain = {.name = "plain",
                    .help = "allow mqtt:// to other machines",
                    .kind = OptionKind::flag,
                    .preset = "false"}};
}

inline constexpr MqttOptionSet kBusOptions =
    mqtt_option_set({"login_file", "tls_ca", "tls_cert", "tls_key"});
inline constexpr MqttOptionSet kLogOptions =
    mqtt_option_set({"login-file", "tls-ca", "tls-cert", "tls-key"});

}  // namespace can::fleet
