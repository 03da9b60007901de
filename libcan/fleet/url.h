// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "libcan/net/address.h"

namespace can::fleet {

/// The address of a topic at an MQTT broker: "mqtts://broker.example.org:8883/fleet/car17".
struct Url {
  remote::Endpoint broker;
  bool tls = false;   ///< mqtts://
  std::string topic;  ///< "fleet/car17"; with wildcards allowed also "fleet/+"

  std::string text() const;  ///< as parse_url() reads it
};

/// Whether `text` begins with mqtt:// or mqtts://.
bool is_url(std::string_view text);

enum class Wildcards { refuse, allow };

/// Reads an address. The wildcard is a '+' in place of one level; ports without a number are 1883
/// and 8883. Throws Errc::invalid, also for a password, which belongs into a file.
Url parse_url(std::string_view text, Wildcards wildcards = Wildcards::refuse);

/// Whether the name or address means this machine, without asking a name server.
bool is_this_machine(const std::string& host);

}  // namespace can::fleet
