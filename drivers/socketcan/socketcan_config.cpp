// SPDX-License-Identifier: MIT
#include "drivers/socketcan/socketcan_config.h"

#include "drivers/socketcan/options.h"
#include "libcan/model/fail.h"

namespace can::socketcan {
namespace {

LinkSettings link_settings(const BusConfig& config) {
  LinkSettings settings = {.bitrate = config.bitrate,
                           .data_bitrate = config.data_bitrate,
                           .sample_point = thousandths_of(config.options, kSamplePoint),
                           .data_sample_point = thousandths_of(config.options, kDataSamplePoint),
                           .listen_only = {},
                           .restart_ms = {}};
  if ((settings.sample_point != 0 && settings.bitrate == 0) ||
      (settings.data_sample_point != 0 && settings.data_bitrate == 0))
    fail(Errc::invalid, "a sample point needs its bit rate");
  if (is_set(config.options, kListenOnly))
    settings.listen_only = flag_of(config.options, kListenOnly);
  if (is_set(config.options, kRestart))
    settings.restart_ms = static_cast<std::uint32_t>(number_of(config.options, kRestart));
  return settings;
}

SocketOptions socket_options(const BusConfig& config) {
  return {.fd = config.fd.value_or(true),
          .local_loopback = flag_of(config.options, kLocalLoopback),
          .receive_own = config.receive_own_messages,
          .hardware_timestamps = flag_of(config.options, kHardwareTimestamps),
          .error_mask = static_cast<std::uint32_t>(number_of(config.options, kErrorMask)),
          .receive_buffer = static_cast<int>(number_of(config.options, kReceiveBuffer))};
}

}  // namespace

SocketcanConfig parse_config(const BusConfig& config) {
  return {.channel = config.channel.empty() ? std::string(kAll) : config.channel,
          .socket = socket_options(config),
          .link = link_settings(config),
          .filters = config.filters,
          .fd_needed = config.fd.value_or(false),
          .reconnect = flag_of(config.options, kReconnect),
          .wait = flag_of(config.options, kWait)};
}

}  // namespace can::socketcan
