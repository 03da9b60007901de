// SPDX-License-Identifier: MIT
#include "drivers/socketcan/link.h"

#include <linux/can.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "drivers/socketcan/netlink.h"
#include "libcan/model/fail.h"
#include "libcan/platform/descriptor.h"

namespace can::socketcan {
namespace {

using Bytes = std::span<const std::byte>;

std::string text_of(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(text.substr(0, text.find('\0')));
}

void read_controller(Bytes attributes, Link& link) {
  for_each_attribute(attributes, [&link](int type, Bytes value) {
    switch (type) {
      case IFLA_CAN_BITTIMING:
        link.timing = value_of<can_bittiming>(value);
        break;
      case IFLA_CAN_DATA_BITTIMING:
        link.data_timing = value_of<can_bittiming>(value);
        break;
      case IFLA_CAN_STATE:
        link.state = static_cast<can_state>(value_of<std::uint32_t>(value));
        break;
      case IFLA_CAN_CTRLMODE:
        link.modes = value_of<can_ctrlmode>(value).flags;
        break;
      case IFLA_CAN_RESTART_MS:
        link.restart_ms = value_of<std::uint32_t>(value);
        break;
      case IFLA_CAN_BERR_COUNTER:
        link.errors = value_of<can_berr_counter>(value);
        break;
    }
  });
}

void read_info(Bytes attributes, Link& link) {
  for_each_attribute(attributes, [&link](int type, Bytes value) {
    if (type == IFLA_INFO_KIND) link.kind = text_of(value);
    if (type == IFLA_INFO_DATA && link.has_controller()) read_controller(value, link);
  });
}

Link to_link(const ifinfomsg& header, Bytes attributes) {
  Link link;
  link.index = header.ifi_index;
  link.up = (header.ifi_flags & IFF_UP) != 0;
  for_each_attribute(attributes, [&link](int type, Bytes value) {
    if (type == IFLA_IFNAME) link.name = text_of(value);
    if (type == IFLA_MTU) link.mtu = value_of<std::uint32_t>(value);
    if (type == IFLA_LINKINFO) read_info(value, link);
  });
  return link;
}

bool near(std::uint32_t wanted, std::uint32_t got) {
  const std::uint32_t difference = wanted > got ? wanted - got : got - wanted;
  return wanted == 0 || difference <= wanted / 100;
}

void add_timing(Request& request, std::uint16_t type, std::uint32_t bitrate,
                std::uint32_t sample_point) {
  if (bitrate == 0) return;
  can_bittiming timing{};
  timing.bitrate = bitrate;
  timing.sample_point = sample_point;
  request.add(type, timing);
}

void add_modes(Request& request, const LinkSettings& settings) {
  can_ctrlmode modes{};
  if (settings.listen_only) {
    modes.mask |= CAN_CTRLMODE_LISTENONLY;
    if (*settings.listen_only) modes.flags |= CAN_CTRLMODE_LISTENONLY;
  }
  if (settings.data_bitrate != 0) {
    modes.mask |= CAN_CTRLMODE_FD;
    modes.flags |= CAN_CTRLMODE_FD;
  }
  if (modes.mask != 0) request.add(IFLA_CAN_CTRLMODE, modes);
}

void add_controller(Request& request, const LinkSettings& settings) {
  const std::size_t info = request.open(IFLA_LINKINFO);
  request.add(IFLA_INFO_KIND, std::as_bytes(std::span("can", 3)));
  const std::size_t data = request.open(IFLA_INFO_DATA);
  add_modes(request, settings);
  add_timing(request, IFLA_CAN_BITTIMING, settings.bitrate, settings.sample_point);
  add_timing(request, IFLA_CAN_DATA_BITTIMING, settings.data_bitrate, settings.data_sample_point);
  if (settings.restart_ms) request.add(IFLA_CAN_RESTART_MS, *settings.restart_ms);
  request.close(data);
  request.close(info);
}

/// Returns 0 or the error number.
int change(const Link& link, bool up, const LinkSettings* settings) {
  Request request(RTM_NEWLINK, 0, link.index);
  request.link().ifi_change = IFF_UP;
  request.link().ifi_flags = up ? IFF_UP : 0;
  if (settings) add_controller(request, *settings);
  return request_link(request, [](const ifinfomsg&, Bytes) {});
}

/// Takes an interface that was up, up again, and throws.
[[noreturn]] void fail_set_up(const LinkSettings& settings, const Link& link, int error) {
  if (link.up) change(link, true, nullptr);
  const std::string commands = ip_commands(settings, link.name);
  if (error == EPERM) fail_errno(fmt::format("only root can run \"{}\"", commands), error);
  fail_errno(fmt::format("can't set up the interface as by \"{}\"", commands), error);
}

std::string text_of(const can_bittiming& timing) {
  return fmt::format("{} bit/s, sample point {}.{:03}", timing.bitrate, timing.sample_point / 1000,
                     timing.sample_point % 1000);
}

std::string_view text_of(can_state state) {
  constexpr std::string_view kTexts[] = {"error-active", "error-warning", "error-passive",
                                         "bus-off",      "stopped",       "sleeping"};
  return state < std::size(kTexts) ? kTexts[state] : "unknown state";
}

}  // namespace

BusState state_of(const Link& link) {
  constexpr ControllerState kStates[] = {
      ControllerState::error_active, ControllerState::error_warning, ControllerState::error_passive,
      ControllerState::bus_off, ControllerState::stopped};
  BusState state = {.bitrate = link.timing.bitrate, .data_bitrate = link.data_timing.bitrate};
  if (link.state && *link.state < std::size(kStates)) state.controller = kStates[*link.state];
  if (link.errors) {
    state.tx_errors = link.errors->txerr;
    state.rx_errors = link.errors->rxerr;
  }
  return state;
}

bool Link::takes_fd() const { return mtu >= CANFD_MTU; }

std::vector<Link> find_links() {
  std::vector<Link> links;
  Request request(RTM_GETLINK, NLM_F_DUMP, 0);
  const int error = request_link(request, [&links](const ifinfomsg& header, Bytes attributes) {
    if (header.ifi_type == ARPHRD_CAN) links.push_back(to_link(header, attributes));
  });
  if (error != 0) fail_errno("netlink", error);
  std::ranges::sort(links, {}, &Link::index);
  return links;
}

std::optional<Link> find_link(const std::string& name) {
  std::optional<Link> link;
  Request request(RTM_GETLINK, 0, static_cast<int>(::if_nametoindex(name.c_str())));
  if (request.link().ifi_index == 0) return link;
  const int error = request_link(request, [&link](const ifinfomsg& header, Bytes attributes) {
    if (header.ifi_type == ARPHRD_CAN) link = to_link(header, attributes);
  });
  if (error != 0 && error != ENODEV) fail_errno("netlink", error);
  return link;
}

bool is_set(const LinkSettings& settings) {
  return settings.bitrate != 0 || settings.data_bitrate != 0 || settings.listen_only ||
         settings.restart_ms;
}

bool fits(const LinkSettings& settings, const Link& link) {
  const bool listens = (link.modes & CAN_CTRLMODE_LISTENONLY) != 0;
  return near(settings.bitrate, link.timing.bitrate) &&
         near(settings.data_bitrate, link.data_timing.bitrate) &&
         near(settings.sample_point, link.timing.sample_point) &&
         near(settings.data_sample_point, link.data_timing.sample_point) &&
         settings.listen_only.value_or(listens) == listens &&
         settings.restart_ms.value_or(link.restart_ms) == link.restart_ms;
}

void set_up(const LinkSettings& settings, const Link& link) {
  if (link.up)
    if (const int error = change(link, false, nullptr)) fail_set_up(settings, link, error);
  if (const int error = change(link, true, &settings)) fail_set_up(settings, link, error);
}

std::string ip_commands(const LinkSettings& s, std::string_view name) {
  std::string text = fmt::format("ip link set {} down; ip link set {} up type can", name, name);
  const auto point = [](std::uint32_t value) { return static_cast<double>(value) / 1000; };
  if (s.bitrate != 0) text += fmt::format(" bitrate {}", s.bitrate);
  if (s.sample_point != 0) text += fmt::format(" sample-point {:.3f}", point(s.sample_point));
  if (s.data_bitrate != 0) text += fmt::format(" dbitrate {} fd on", s.data_bitrate);
  if (s.data_sample_point != 0)
    text += fmt::format(" dsample-point {:.3f}", point(s.data_sample_point));
  if (s.listen_only) text += fmt::format(" listen-only {}", *s.listen_only ? "on" : "off");
  if (s.restart_ms) text += fmt::format(" restart-ms {}", *s.restart_ms);
  return text;
}

std::string describe(const Link& link) {
  std::string text;
  const auto add = [&text](std::string_view part) {
    text.append(text.empty() ? "" : ", ").append(part);
  };
  if (!link.up) add("down");
  if (link.timing.bitrate != 0) add(text_of(link.timing));
  if (link.data_timing.bitrate != 0) add("data " + text_of(link.data_timing));
  if ((link.modes & CAN_CTRLMODE_LISTENONLY) != 0) add("listen-only");
  if (link.restart_ms != 0) add(fmt::format("restart after {} ms", link.restart_ms));
  if (link.state) add(text_of(*link.state));
  if (link.errors)
    add(fmt::format("{} tx and {} rx errors", link.errors->txerr, link.errors->rxerr));
  return text;
}

bool has_clock(const std::string& name) {
  const Descriptor socket(::socket(PF_CAN, SOCK_RAW | SOCK_CLOEXEC, CAN_RAW));
  ethtool_ts_info info{};
  info.cmd = ETHTOOL_GET_TS_INFO;
  ifreq request{};
  name.copy(request.ifr_name, sizeof request.ifr_name - 1);
  request.ifr_data = reinterpret_cast<char*>(&info);
  return ::ioctl(socket.get(), SIOCETHTOOL, &request) == 0 &&
         (info.so_timestamping & SOF_TIMESTAMPING_RX_HARDWARE) != 0;
}

}  // namespace can::socketcan
