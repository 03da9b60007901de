// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "libcan/platform/descriptor.h"

namespace can {

struct SerialSettings {
  std::uint32_t baudrate = 115'200;  ///< bit/s on the line; any that the device can make
  bool rtscts = false;               ///< hardware flow control
};

/// Opens a serial device (a terminal in the system's words) for this process alone: raw bytes, 8
/// data bits, no parity, 1 stop bit, non-blocking. What was waiting to be read is dropped.
///
/// Throws Errc::not_found where no such device is there, Errc::io where another program has it,
/// the user may not open it or the device can't do the settings; the text names no device.
Descriptor open_serial_port(const std::string& path, const SerialSettings& settings);

/// To be called before the descriptor of a serial device is closed. Waits at most `limit` until the
/// device has sent what was written and drops the rest, for which close(2) alone would wait up to
/// half a minute. Then other programs may open the device.
void finish_serial_port(int descriptor, std::chrono::nanoseconds limit) noexcept;

struct SerialDevice {
  std::string path;         ///< "/dev/ttyACM0"
  std::string description;  ///< "LAWICEL CANUSB, serial number LW1234"; may be empty
};

/// The serial devices that are there, by name, with what the system knows of them. Those of the
/// mainboard are left out where no chip was found. `sysfs` and `dev`: the roots to look in.
std::vector<SerialDevice> find_serial_devices(const std::string& sysfs = "/sys",
                                              const std::string& dev = "/dev");

/// A name that leads to the same device after the device was unplugged and plugged in again, when
/// its number may be another: the link in `by_id` that leads to `path`. `path` itself where that
/// is a link already, or none leads to it.
std::string stable_path(const std::string& path, const std::string& by_id = "/dev/serial/by-id");

}  // namespace can
