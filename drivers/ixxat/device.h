// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/config.h"
#include "drivers/ixxat/library.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/polled_device.h"

namespace can::ixxat {

/// The settings of a channel.
struct Config {
  std::uint32_t number = 0;  ///< of the controller, from 0
  std::string hardware_id;   ///< empty: any device
  std::uint16_t rx_size = 0, tx_size = 0;
  bool extended = true, receive_own = false;
  std::uint32_t bitrate = 0;
  std::uint16_t btr = 0;
  Filters filters;
};

/// Throws Errc::invalid, Errc::unsupported.
Config make_config(const BusConfig& config);

/// A device of VCI.
class OpenDevice {
 public:
  /// Throws Errc::not_found, Errc::io.
  OpenDevice(const Library& library, const std::string& hardware_id);
  ~OpenDevice() { library_.device_close(handle_); }
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  Handle handle() const { return handle_; }
  const DeviceInfo& info() const { return info_; }

 private:
  const Library& library_;
  const DeviceInfo info_;
  const Handle handle_;
};

/// The queues between a program and a controller; several programs may have some.
class Queues {
 public:
  /// Throws Errc::io.
  Queues(const Library& library, const OpenDevice& device, const Config& config);
  ~Queues() { library_.channel_close(handle_); }
  Queues(const Queues&) = delete;
  Queues& operator=(const Queues&) = delete;

  operator Handle() const { return handle_; }

 private:
  const Library& library_;
  const Handle handle_;
};

/// A controller; one program has it. The end stops it.
class Controller {
 public:
  /// Throws Errc::io. Where another program has it, this one takes part as that has set it.
  Controller(const Library& library, const OpenDevice& device, const Config& config);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  bool is_ours() const { return handle_ != nullptr; }
  void set_filters(std::span<const Filter> filters);
  /// Ticks of timestamps a second; 0: unknown.
  std::uint32_t tick_rate() const { return tick_rate_; }

 private:
  void start(const Config& config);
  void accept(std::span<const Filter> filters, bool extended);

  const Library& library_;
  const Handle handle_;  // null: of another program
  std::uint32_t tick_rate_ = 0;
};

/// A channel of Ixxat's.
class IxxatChannel final : public PolledDevice {
 public:
  IxxatChannel(std::shared_ptr<const Library> library, Config config);

  void wait(std::chrono::nanoseconds limit) override;
  std::chrono::nanoseconds longest_wait() const override { return std::chrono::milliseconds(10); }
  void read(Received& out) override;
  std::size_t send(std::span<const Message> messages) override;
  const char* why_unsendable(const Message& message) const override;
  bool echoes() const override { return true; }
  bool all_sent() override;
  void set_filters(std::span<const Filter> filters) override;
  BusState state() override;
  std::string details() const override;

 private:
  bool read_one(Received& out);
  void take(const Msg& msg, Received& out);
  std::chrono::nanoseconds time_of(std::uint32_t ticks);
  LineStatus line_status() const;

  const std::shared_ptr<const Library> library_;
  Config config_;
  const OpenDevice device_;
  const Queues queues_;
  Controller controller_;
  DeviceClock clock_;
};

}  // namespace can::ixxat
