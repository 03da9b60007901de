// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/pcan/config.h"
#include "drivers/pcan/library.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/polled_device.h"

namespace can::pcan {

/// A channel that is initialized; the end frees it.
class OpenChannel {
 public:
  /// Throws Errc::not_found, Errc::unsupported, Errc::io.
  OpenChannel(const Library& library, const Config& config);
  ~OpenChannel() { library_.uninitialize(handle_); }
  OpenChannel(const OpenChannel&) = delete;
  OpenChannel& operator=(const OpenChannel&) = delete;

  Handle handle() const { return handle_; }

 private:
  const Library& library_;
  const Handle handle_;
};

/// A channel of PEAK's.
class PcanChannel final : public PolledDevice {
 public:
  PcanChannel(std::shared_ptr<const Library> library, const Config& config);

  int descriptor() const override { return descriptor_; }
  void read(Received& out) override;
  std::size_t send(std::span<const Message> messages) override;
  const char* why_unsendable(const Message& message) const override;
  bool echoes() const override { return echoes_; }
  void set_filters(std::span<const Filter> filters) override;
  BusState state() override;
  std::string details() const override;

  void flash(bool on);
  Status status() const { return library_->get_status(handle()); }

 private:
  Handle handle() const { return channel_.handle(); }
  void set_up();
  bool read_one(Received& out);
  template <class Msg, class Time>
  bool take(Status status, const Msg& msg, Time time, Received& out);
  void take_status(Status status, Received& out) const;
  std::chrono::nanoseconds time_of(std::chrono::microseconds device);
  Status write(const Message& message) const;

  const std::shared_ptr<const Library> library_;
  const Config config_;
  const OpenChannel channel_;
  DeviceClock clock_;
  int descriptor_ = -1;  // owned by the library
  bool echoes_ = false;
  BusState counters_;  // as the last error frame has them
};

/// A channel whose device is plugged in.
struct Attached {
  Handle handle;
  std::uint32_t device_id;
  std::string description;  ///< "PCAN-USB FD, device id 5, in use"
};
std::vector<Attached> attached_channels(const Library& library);

}  // namespace can::pcan
