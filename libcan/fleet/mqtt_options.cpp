// SPDX-License-Identifier: MIT
#include "libcan/fleet/mqtt_options.h"

#include <utility>

namespace can::fleet {

MqttOptions MqttOptionSet::read(Url url, const OptionValues& values) const {
  const auto text = [&](const Option& option) { return std::string(text_of(values, option)); };
  return {.url = std::move(url),
          .tls = {.certificate = text(tls_cert), .key = text(tls_key), .authorities = text(tls_ca)},
          .login_file = text(login_file),
          .plain = flag_of(values, plain)};
}

}  // namespace can::fleet
