// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cansuite/config.h"
#include "drivers/neovi/library.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/polled_device.h"

namespace can::neovi {

/// The settings of a network of a device.
struct Config {
  int network = 1;
  std::string serial;  ///< empty: any device
  std::uint32_t types = 0xFFFFFFFF;
  bool fd = false, receive_own = false, host_times = false;
  std::uint32_t bitrate = 0, data_bitrate = 0;  ///< 0: unchanged
};

/// Throws Errc::invalid.
Config make_config(const BusConfig& config);

/// A device that is open; the end closes it.
class OpenDevice {
 public:
  /// Throws Errc::not_found, Errc::io.
  OpenDevice(const Library& library, const Config& config);
  ~OpenDevice();
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  void* handle() const { return handle_; }
  const NeoDevice& device() const { return found_.device; }

 private:
  const Library& library_;
  NeoDeviceEx found_;
  void* const handle_;
};

/// A network of a neoVI or ValueCAN.
class NeoNetwork final : public PolledDevice {
 public:
  NeoNetwork(std::shared_ptr<const Library> library, const Config& config);

  void wait(std::chrono::nanoseconds limit) override;
  std::chrono::nanoseconds longest_wait() const override;
  void read(Received& out) override;
  std::size_t send(std::span<const Message> messages) override;
  const char* why_unsendable(const Message& message) const override;
  bool echoes() const override { return true; }
  BusState state() override { return state_; }
  bool logs_state() const override { return true; }
  std::string details() const override;

 private:
  void set_bitrates();
  void check(int done, std::string_view what) const;
  bool send_one(const Message& message);
  void take(SpyMessage& spy, Received& out);
  std::chrono::nanoseconds time_of(SpyMessage& spy);
  std::optional<std::chrono::nanoseconds> device_time(SpyMessage& spy) const;

  const std::shared_ptr<const Library> library_;
  const Config config_;
  const OpenDevice open_;
  std::vector<SpyMessage> spies_;  // room for what icsneoGetMessages() gives
  DeviceClock clock_;
  BusState state_;
  std::int16_t number_ = 0;  // of the latest message that was sent
};

}  // namespace can::neovi
