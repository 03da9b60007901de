// SPDX-License-Identifier: MIT
#pragma once

#include <linux/can/netlink.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/bus_state.h"

namespace can::socketcan {

/// The state of a CAN interface, from the kernel; readable without rights.
/// Source: linux/can/netlink.h.
struct Link {
  int index = 0;
  std::string name;
  std::string kind;  ///< "can" with a controller; else "vcan", "vxcan"
  bool up = false;
  std::uint32_t mtu = 0;
  can_bittiming timing{}, data_timing{};  ///< bitrate 0: never set
  std::uint32_t modes = 0;                ///< CAN_CTRLMODE_*
  std::uint32_t restart_ms = 0;           ///< from bus off to the next attempt; 0: none
  std::optional<can_state> state;
  std::optional<can_berr_counter> errors;

  bool has_controller() const { return kind == "can"; }
  bool takes_fd() const;
};

BusState state_of(const Link& link);

/// All CAN interfaces, by index. Throws Errc::io.
std::vector<Link> find_links();

/// The CAN interface of that name, if any.
std::optional<Link> find_link(const std::string& name);

/// The requested settings of a controller; others stay unchanged.
struct LinkSettings {
  std::uint32_t bitrate = 0, data_bitrate = 0;            ///< bit/s; 0: unchanged
  std::uint32_t sample_point = 0, data_sample_point = 0;  ///< 1/1000; 0: the kernel's choice
  std::optional<bool> listen_only;
  std::optional<std::uint32_t> restart_ms;
};

/// True if at least one setting is requested.
bool is_set(const LinkSettings& settings);

/// True if the interface already has the settings. Bit rates within 1 % are equal.
bool fits(const LinkSettings& settings, const Link& link);

/// Takes an interface with a controller down, applies the settings, and takes it up. Throws
/// Errc::io with the equivalent ip(8) commands, also if the user lacks the rights.
void set_up(const LinkSettings& settings, const Link& link);

/// The ip(8) commands equivalent to set_up().
std::string ip_commands(const LinkSettings& settings, std::string_view name);

/// "500000 bit/s, sample point 0.875, listen-only, error-active, 0 tx and 0 rx errors"; of an
/// interface without a controller only "down" or "".
std::string describe(const Link& link);

/// True if the device timestamps received frames.
bool has_clock(const std::string& name);

}  // namespace can::socketcan
