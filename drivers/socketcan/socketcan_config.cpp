// SPDX-License-Identifier: MIT
#include "drivers/socketcan/socketcan_config.h"

#include <linux/can.h>

#include <charconv>
#include <cmath>

#include "libcan/model/error.h"

namespace can::socketcan {
namespace {

/// "0.875" as 875.
std::uint32_t sample_point(const BusConfig& config, const std::string& key) {
  const std::string text = config.option(key, std::string_view("0"));
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value < 1))
    fail(Errc::invalid, "option '{}': expected a number such as 0.875, got {}", key, quote(text));
  return static_cast<std::uint32_t>(std::lround(value * 1000));
}

/// Decimal, or hexadecimal behind 0x.
std::uint32_t error_mask(const BusConfig& config) {
  const std::string text = config.option("error_mask", std::string_view("0x1FFFFFFF"));
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const char* end = text.data() + text.size();
  std::uint32_t mask = 0;
  const auto parsed =
      std::from_chars(text.data() + (hexadecimal ? 2 : 0), end, mask, hexadecimal ? 16 : 10);
  if (parsed.ec != std::errc() || parsed.ptr != end || mask > CAN_ERR_MASK)
    fail(Errc::invalid, "option 'error_mask': expected 0 to 0x1FFFFFFF, got {}", quote(text));
  return mask;
}

LinkSettings link_settings(const BusConfig& config) {
  LinkSettings settings = {.bitrate = config.bitrate,
                           .data_bitrate = config.data_bitrate,
                           .sample_point = sample_point(config, "sample_point"),
                           .data_sample_point = sample_point(config, "data_sample_point"),
                           .listen_only = {},
                           .restart_ms = {}};
  if ((settings.sample_point != 0 && settings.bitrate == 0) ||
      (settings.data_sample_point != 0 && settings.data_bitrate == 0))
    fail(Errc::invalid, "a sample point needs its bit rate");
  if (config.options.contains("listen_only"))
    settings.listen_only = config.option("listen_only", false);
  if (config.options.contains("restart_ms"))
    settings.restart_ms = static_cast<std::uint32_t>(config.option("restart_ms", 0, 0, 1 << 30));
  return settings;
}

SocketOptions socket_options(const BusConfig& config) {
  return {.fd = config.fd.value_or(true),
          .local_loopback = config.option("local_loopback", true),
          .receive_own = config.receive_own_messages,
          .hardware_timestamps = config.option("hardware_timestamps", true),
          .error_mask = error_mask(config),
          .receive_buffer = static_cast<int>(config.option("rcvbuf", 16 << 20, 1, 1 << 30))};
}

}  // namespace

SocketcanConfig parse_config(const BusConfig& config) {
  return {.channel = config.channel.empty() ? std::string(kAll) : config.channel,
          .socket = socket_options(config),
          .link = link_settings(config),
          .filters = config.filters,
          .fd_needed = config.fd.value_or(false),
          .reconnect = config.option("reconnect", false),
          .wait = config.option("wait", false)};
}

}  // namespace can::socketcan
