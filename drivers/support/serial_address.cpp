// SPDX-License-Identifier: MIT
#include "drivers/support/serial_address.h"

#include <charconv>

#include "cansuite/channel.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::uint32_t kMaxBaudrate = 100'000'000;

std::optional<std::uint32_t> number_of_digits(std::string_view text) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

remote::Endpoint server_of(std::string_view channel) {
  const remote::Endpoint server = remote::parse_endpoint(channel.substr(kTcp.size()), 0);
  if (server.port == 0) fail(Errc::invalid, "expected tcp://HOST:PORT, got {}", quote(channel));
  return server;
}

}  // namespace

SerialAddress parse_serial_address(std::string_view channel, const SerialSettings& settings) {
  if (channel.empty())
    fail(Errc::invalid, "no serial device; give one by -c, such as -c /dev/ttyUSB0");
  if (channel.starts_with(kTcp))
    return {.device = {}, .settings = settings, .server = server_of(channel)};
  SerialAddress address = {.device = std::string(channel), .settings = settings, .server = {}};
  const std::size_t at = channel.rfind('@');
  // An '@' with something else behind it may be part of the path.
  if (at == channel.npos || channel.find('/', at) != channel.npos) return address;
  const auto baudrate = number_of_digits(channel.substr(at + 1));
  if (!baudrate || *baudrate == 0 || *baudrate > kMaxBaudrate || at == 0)
    fail(Errc::invalid, "expected DEVICE@BAUDRATE, got {}", quote(channel));
  address.device.resize(at);
  address.settings.baudrate = *baudrate;
  return address;
}

unsigned serial_channel_number(std::string_view channel) {
  if (channel.starts_with(kTcp)) return 0;
  return Channel(channel.substr(0, channel.rfind('@'))).number();
}

}  // namespace can
