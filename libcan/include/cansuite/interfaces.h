// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/config.h"

namespace can {

struct VendorLibraryInfo;

/// A channel that open() can open now.
struct Detected {
  std::string channel;  ///< BusConfig::channel
  std::string state;    ///< as text: "500000 bit/s, error-active"; empty: unknown
};

/// One kind of interface: its name, its options, and how a bus of it is opened.
struct Driver {
  std::string_view name;                        ///< value of -i: "socketcan"
  std::string_view title;                       ///< "Linux SocketCAN"
  std::string_view channels;                    ///< examples of -c: "can0, vcan0"
  std::span<const std::string_view> aliases{};  ///< other values of -i
  std::span<const Option> options{};  ///< -o NAME=VALUE; open_bus() has checked names and values

  /// Throws Errc::not_found, Errc::invalid, Errc::unsupported, Errc::io; the text starts with the
  /// interface and the channel: "socketcan can0: no such interface".
  std::unique_ptr<Bus> (*open)(const BusConfig&) = nullptr;

  /// The channels that open() can open now. Null: the driver can't list them. Throws Errc::io.
  std::vector<Detected> (*detect)() = nullptr;

  /// The value of -c, and the default, that stands for all channels of the interface together: its
  /// messages have different channels. Empty: none does.
  std::string_view all_channels{};

  /// The number of a channel in logs with channel numbers, 1 to 65534; 0: the next free one. Null:
  /// Channel::number() gives the number.
  unsigned (*channel_number)(std::string_view channel) = nullptr;

  /// The vendor's library that open() and detect() need; null: none.
  const VendorLibraryInfo* library = nullptr;

  /// Whether an option has an effect on a channel: open() refuses one that has none, and
  /// configuration files may have it for other channels. Null: each has.
  bool (*has_effect)(std::string_view option, std::string_view channel) = nullptr;
};

/// Whether an interface can be used on this machine now.
enum class Availability : std::uint8_t {
  available,
  library_missing,  ///< the vendor's library isn't installed
  no_device,        ///< no channel was found
  other_system,     ///< the vendor has a library for another system only
};

/// "available", "library missing", "no device", "other system only".
std::string_view name_of(Availability availability);

/// What an interface finds on this machine.
struct InterfaceState {
  Availability availability = Availability::available;  ///< whether a bus can be opened
  std::string library{};             ///< file of the vendor's library, or why it can't be loaded
  std::vector<Detected> channels{};  ///< that Driver::detect finds
};

/// Loads the vendor's library and looks for channels. Does not throw for what is missing.
InterfaceState examine(const Driver& driver);

/// All drivers: those of the library, then the registered ones.
std::span<const Driver* const> all_drivers();

/// Makes an interface of the program's own known by its name and aliases. It must outlive all uses
/// of the library: make it static. Not while another thread uses the library. Throws Errc::invalid
/// for a name that another interface has.
void register_interface(const Driver& driver);

/// The driver with this name or alias; null: none.
const Driver* find_driver(std::string_view name);

/// The interface udp_multicast. Source: python-can's documentation, "UDP Multicast Interface".
namespace udp_multicast {

/// The channel without a setting, where the host has IPv6.
inline constexpr std::string_view kDefaultGroupIPv6 = "ff15:7079:7468:6f6e:6465:6d6f:6d63:6173";
/// The channel without a setting, on other hosts.
inline constexpr std::string_view kDefaultGroupIPv4 = "239.74.163.2";

}  // namespace udp_multicast

}  // namespace can
