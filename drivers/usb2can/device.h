// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/config.h"
#include "cansuite/devices.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/polled_device.h"
#include "drivers/usb2can/library.h"

namespace can::usb2can {

/// The settings of a channel.
struct Config {
  std::string text;         ///< as CanalOpen() takes it: "ED000100;500"
  unsigned long flags = 0;  ///< the same
  std::uint32_t bitrate = 0;
};

/// Throws Errc::invalid, Errc::unsupported.
Config make_config(const BusConfig& config);

/// A channel that is open; the end closes it, once: then a handle means nothing to the library.
class OpenChannel {
 public:
  /// Throws Errc::io.
  OpenChannel(const Library& library, const Config& config);
  ~OpenChannel() { library_.close(handle_); }
  OpenChannel(const OpenChannel&) = delete;
  OpenChannel& operator=(const OpenChannel&) = delete;

  operator long() const { return handle_; }

 private:
  const Library& library_;
  const long handle_;
};

/// A channel of a CANAL library.
class CanalChannel final : public PolledDevice {
 public:
  CanalChannel(std::shared_ptr<const Library> library, const Config& config);

  void wait(std::chrono::nanoseconds limit) override;
  std::chrono::nanoseconds longest_wait() const override;
  void read(Received& out) override;
  std::size_t send(std::span<const Message> messages) override;
  const char* why_unsendable(const Message& message) const override;
  BusState state() override;
  std::string details() const override;

  std::uint32_t status() const;
  Statistics statistics() const;
  const Library& library() const { return *library_; }

 private:
  bool keep(int code, const Msg& msg);
  bool receive_one();
  void take(const Msg& msg, Received& out);
  void take_status(const Msg& msg, Received& out) const;

  const std::shared_ptr<const Library> library_;
  const Config config_;
  const OpenChannel handle_;
  DeviceClock clock_;
  // Of the thread that reads:
  Msg msg_{};             // the latest
  bool waiting_ = false;  // msg_ hasn't been taken yet
  int failure_ = 0;       // a code that wait() got
};

}  // namespace can::usb2can
