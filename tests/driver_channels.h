// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cansuite/config.h"
#include "cansuite/formats.h"

namespace can {

/// Where buses of an interface meet in a test, without hardware.
struct DriverChannels {
  std::string_view interface;
  /// The bus that others can join. None: skipped, with a warning of its own.
  std::function<std::optional<BusConfig>()> config;
  /// A channel that has nothing to do with that one.
  std::function<std::string()> another;
  bool transmitted_by_others = false;  ///< messages of another bus of this machine count as sent
  /// The kinds of frames that the interface has.
  Keeps carries = {.fd = true, .error = true, .error_detail = true, .remote = true};
  bool esi = true;  ///< the error state of who sends a CAN FD frame arrives, too
  /// Where a channel takes one bus: another channel that is wired to it, for each bus.
  std::string (*port)(const std::string& channel) = nullptr;
};

/// The row of an interface; null for one that needs hardware in any case, which is then listed in
/// hardware_only().
const DriverChannels* channels_of(std::string_view interface);
bool hardware_only(std::string_view interface);

}  // namespace can
