// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

/// Functions that only one vendor's devices have: if (auto* d = bus->device<kvaser::Device>())
/// d->flash(true). The bus owns them. For any thread while the bus is open. Throw Errc::io, and
/// Errc::unsupported where the vendor's library or device lacks the function.
/// Source: python-can's manual, chapter "Interfaces".
namespace can {

namespace kvaser {

/// Kvaser's devices.
class Device {
 public:
  virtual void flash(bool on) = 0;  ///< the LEDs blink, so that a user finds the device
  /// Add it to a time of the device's clock, and it is the time since the Unix epoch.
  virtual std::chrono::nanoseconds timer_offset() const = 0;

 protected:
  ~Device() = default;
};

}  // namespace kvaser

namespace pcan {

/// PEAK's devices.
class Device {
 public:
  virtual void flash(bool on) = 0;           ///< the LED blinks
  virtual std::uint32_t status() const = 0;  ///< bits PCAN_ERROR_* of PCANBasic.h; 0: no error
  virtual bool status_is_ok() const { return status() == 0; }  ///< no error

 protected:
  ~Device() = default;
};

}  // namespace pcan

namespace usb2can {

/// Counted by the device since it was opened.
struct Statistics {
  std::uint64_t frames_received = 0;  ///< frames
  std::uint64_t frames_sent = 0;      ///< frames
  std::uint64_t bytes_received = 0;   ///< data bytes
  std::uint64_t bytes_sent = 0;       ///< data bytes
  std::uint64_t overruns = 0;         ///< frames lost in the device
  std::uint64_t bus_warnings = 0;     ///< times that an error counter reached 96
  std::uint64_t bus_offs = 0;         ///< times that the controller went bus off
};

/// 8devices' USB2CAN, and other devices with a CANAL library.
class Device {
 public:
  virtual std::uint32_t status() const = 0;   ///< bits of the state: CANAL_STATUS_* of canal.h
  virtual Statistics statistics() const = 0;  ///< since it was opened
  virtual std::string version() const = 0;    ///< of CANAL: "1.6.0"
  virtual std::string library_version() const = 0;  ///< of the vendor's library
  virtual std::string vendor() const = 0;           ///< text of the library

 protected:
  ~Device() = default;
};

}  // namespace usb2can

}  // namespace can
