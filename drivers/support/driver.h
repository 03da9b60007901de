// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/bus.h"
#include "libcan/model/config.h"

namespace can {

/// A setting only this driver knows: -o port=43113
struct DriverOption {
  std::string_view name, help;
};

/// A channel that open() would take right now.
struct Detected {
  std::string channel;
  std::string
      state;  ///< for people: "500000 bit/s, error-active"; "" where there is nothing to tell
};

/// One kind of interface. Each drivers/<name>.cpp defines one of these and nothing else with
/// linkage.
struct Driver {
  std::string_view name;                        ///< what -i takes: "socketcan"
  std::string_view title;                       ///< "Linux SocketCAN"
  std::string_view channels;                    ///< what -c looks like: "can0, vcan0"
  std::span<const std::string_view> aliases{};  ///< other names that -i takes
  std::span<const DriverOption> options{};

  /// Throws Errc::not_found, Errc::invalid, Errc::unsupported, Errc::io; the text starts with the
  /// interface and the channel: "socketcan can0: no such interface".
  std::unique_ptr<Bus> (*open)(const BusConfig&) = nullptr;

  /// Null: can't be told. Throws Errc::io.
  std::vector<Detected> (*detect)() = nullptr;
};

}  // namespace can
