// SPDX-License-Identifier: MIT
// The one table that a new driver needs for the contract tests.
#include "tests/driver_channels.h"

#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <span>
#include <vector>

#include "tests/running_server.h"
#include "tests/support/adapter_hub.h"
#include "tests/support/stand_in.h"

namespace can {
namespace {

BusConfig config(std::string_view interface, std::string channel, OptionValues options = {}) {
  BusConfig config;
  config.interface = interface;
  config.channel = std::move(channel);
  config.options = std::move(options);
  return config;
}

std::optional<BusConfig> udp_multicast() {
  const int port = 20'000 + ::getpid() % 20'000;  // tests run side by side
  return config("udp_multicast", "239.74.163.2", {{"iface", "lo"}, {"port", std::to_string(port)}});
}

std::optional<BusConfig> socketcan() {
  if (::if_nametoindex("vcan0") != 0) return config("socketcan", "vcan0");
  WARN("socketcan: skipped, there is no vcan0; scripts/vm has one");
  return std::nullopt;
}

std::optional<BusConfig> remote() {
  static const RunningServer server(virtual_bus("contract"));
  return config("remote", server.address());
}

std::string another_remote() {
  static const RunningServer server(virtual_bus("another remote"));
  return server.address();
}

/// Emulated adapters on one bus: each bus that is opened on the channel has one of its own.
BusConfig adapters(std::string_view interface, const AdapterHub& hub) {
  BusConfig adapters = config(interface, hub.tcp_channel());
  if (interface == "slcan") adapters.fd = true;
  return adapters;
}

template <const char* kInterface, const char* kKind = kInterface>
DriverChannels adapter_row(const Keeps& carries) {
  const auto here = [] {
    static const AdapterHub hub(kKind);
    return std::optional(adapters(kInterface, hub));
  };
  const auto another = [] {
    static const AdapterHub hub(kKind);
    return hub.tcp_channel();
  };
  return {kInterface, here, another, false, carries, false};
}

/// Buses of a vendor's library, or of what stands in for it.
template <const char* kInterface, const char* kChannel, const char* kAnother>
DriverChannels vendor_row(const Keeps& carries) {
  const auto here = [] {
    const bool short_queue = std::string_view(kInterface) == "ixxat";  // unless told
    return std::optional(StandIn(kInterface)
                             .config(kChannel, short_queue ? OptionValues{{"rx_fifo_size", "20000"}}
                                                           : OptionValues{}));
  };
  return {kInterface, here, [] { return std::string(kAnother); }, false, carries, false};
}

/// PCAN-Basic opens a channel once. What stands in for it has all on one wire, but for the one that
/// is moved here.
std::string pcan_port(const std::string& channel) {
  static int last = 0;
  return channel == "PCAN_USBBUS1" ? fmt::format("PCAN_USBBUS{}", ++last % 8 + 1) : channel;
}

DriverChannels pcan_row() {
  const auto here = [] {
    const StandIn library("pcan");
    if (!library.is_vendors()) library.control("devices 9;wire 8 1");
    return std::optional(library.config("PCAN_USBBUS1"));
  };
  const auto another = [] { return std::string("PCAN_USBBUS9"); };
  return {"pcan", here, another, false, {.fd = true, .remote = true}, false, pcan_port};
}

/// A device serves one bus. Those of the stand-in are put on one wire; another channel is another
/// network of them.
DriverChannels neovi_row() {
  const auto here = [] {
    const StandIn library("neovi");
    if (!library.is_vendors())
      library.control("devices 6;wire 1 0;wire 2 0;wire 3 0;wire 4 0;wire 5 0");
    return std::optional(library.config("1"));
  };
  const auto another = [] { return std::string("2"); };
  return {"neovi", here, another, false, {.fd = true, .remote = true}, false};
}

constexpr char kKvaser[] = "kvaser", kZero[] = "0", kOne[] = "1", kUsb2can[] = "usb2can",
               kSerialNumber[] = "ED000100", kAnotherNumber[] = "ED000101", kIxxat[] = "ixxat",
               kNican[] = "nican", kCan0[] = "CAN0", kCan1[] = "CAN1";

constexpr char kSlcan[] = "slcan", kSlcanFd[] = "slcan:fd", kSerial[] = "serial",
               kRobotell[] = "robotell", kSeeed[] = "seeed";

const DriverChannels kChannels[] = {
    {"virtual", [] { return std::optional(config("virtual", "contract")); },
     [] { return std::string("another"); }},
    {"udp_multicast", udp_multicast, [] { return std::string("239.74.163.3"); }},
    {"socketcan", socketcan, [] { return std::string("vcan1"); }, true},
    {"remote", remote, another_remote},
    adapter_row<kSlcan, kSlcanFd>({.fd = true, .remote = true}),
    adapter_row<kSerial>({.error = true, .error_detail = true, .remote = true}),
    adapter_row<kRobotell>({.remote = true}),
    adapter_row<kSeeed>({.remote = true}),
    vendor_row<kKvaser, kZero, kOne>({.fd = true, .error = true, .remote = true}),
    pcan_row(),
    vendor_row<kUsb2can, kSerialNumber, kAnotherNumber>({.remote = true}),
    neovi_row(),
    vendor_row<kIxxat, kZero, kOne>({.remote = true}),
    vendor_row<kNican, kCan0, kCan1>({.remote = true}),
};

/// Interfaces whose buses don't meet: vehicles are at the other end of mqtt (tools/fleet_test.py).
const std::vector<std::string_view> kHardwareOnly = {"mqtt"};

}  // namespace

const DriverChannels* channels_of(std::string_view interface) {
  const auto found = std::ranges::find(kChannels, interface, &DriverChannels::interface);
  return found == std::end(kChannels) ? nullptr : &*found;
}

bool hardware_only(std::string_view interface) {
  return std::ranges::find(kHardwareOnly, interface) != kHardwareOnly.end();
}

}  // namespace can
