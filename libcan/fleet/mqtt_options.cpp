// SPDX-License-Identifier: MIT
#include "libcan/fleet/mqtt_options.h"

#include <utility>

#include "libcan/model/fail.h"

namespace can::fleet {

MqttOptions MqttOptionSet::read(Url url, const OptionValues& values) const {
  for (const Option* const option : {&tls_ca, &tls_cert, &tls_key})
    if (!url.tls && is_set(values, *option))
      fail(Errc::invalid, "{}: option '{}' is for mqtts://, which encrypts", url.text(),
           option->name);
  const auto text = [&](const Option& option) { return std::string(text_of(values, option)); };
  return {.url = std::move(url),
          .tls = {.certificate = text(tls_cert), .key = text(tls_key), .authorities = text(tls_ca)},
          .login_file = text(login_file),
          .plain = flag_of(values, plain)};
}

}  // namespace can::fleet
