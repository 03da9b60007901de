// SPDX-License-Identifier: MIT
#pragma once

#include <linux/can/netlink.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace can::socketcan {

/// What the kernel says of a CAN interface. Anyone may read it.
/// Source: linux/can/netlink.h.
struct Link {
  int index = 0;
  std::string name;
  std::string kind;  ///< "can" where there is a controller; "vcan", "vxcan"
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

/// All CAN interfaces there are, by index. Throws Errc::io.
std::vector<Link> find_links();

/// The interface of that name, or none; also none when it isn't a CAN interface.
std::optional<Link> find_link(const std::string& name);

/// What of a controller the user wants; the rest stays as it is.
struct LinkSettings {
  std::uint32_t bitrate = 0, data_bitrate = 0;            ///< bit/s; 0: as it is
  std::uint32_t sample_point = 0, data_sample_point = 0;  ///< 1/1000; 0: the kernel's choice
  std::optional<bool> listen_only;
  std::optional<std::uint32_t> restart_ms;
};

/// True when something is wanted.
bool is_set(const LinkSettings& settings);

/// True when nothing has to be changed for them. A bit rate is the same within 1 %.
bool fits(const LinkSettings& settings, const Link& link);

/// Takes the interface, which has a controller, down, sets what is wanted and takes it up.
/// Throws Errc::io with the ip(8) command that does it where the user may not.
void set_up(const LinkSettings& settings, const Link& link);

/// The ip(8) commands for it.
std::string ip_commands(const LinkSettings& settings, std::string_view name);

/// "500000 bit/s, sample point 0.875, listen-only, error-active, 0 tx and 0 rx errors"; of an
/// interface without a controller only whether it is down.
std::string describe(const Link& link);

/// True when the device stamps the frames that it receives.
bool has_clock(const std::string& name);

}  // namespace can::socketcan
