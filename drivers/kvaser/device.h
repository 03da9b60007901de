// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "drivers/kvaser/config.h"
#include "drivers/kvaser/library.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/polled_device.h"

namespace can::kvaser {

/// A handle of a channel; the end takes it off the bus and closes it.
class OpenHandle {
 public:
  /// Throws Errc::not_found, Errc::io.
  OpenHandle(const Library& library, const Config& config);
  ~OpenHandle();
  OpenHandle(const OpenHandle&) = delete;
  OpenHandle& operator=(const OpenHandle&) = delete;

  operator Handle() const { return handle_; }

 private:
  const Library& library_;
  const Handle handle_;
};

/// A channel of Kvaser's.
class KvaserChannel final : public PolledDevice {
 public:
  KvaserChannel(std::shared_ptr<const Library> library, const Config& config);

  int descriptor() const override { return descriptor_; }
  void read(Received& out) override;
  std::size_t send(std::span<const Message> messages) override;
  const char* why_unsendable(const Message& message) const override;
  bool echoes() const override { return true; }
  bool all_sent() override;
  std::size_t discard_unsent() override;
  void set_filters(std::span<const Filter> filters) override;
  BusState state() override;
  std::string details() const override;

  void flash(bool on);
  std::chrono::nanoseconds timer_offset() const { return clock_.offset(); }

 private:
  OpenHandle& writer() { return second_ ? *second_ : first_; }
  void set_up(Handle handle);
  void set_clock();
  void set_own_messages();
  void find_descriptor();
  bool read_one(Received& out);

  const std::shared_ptr<const Library> library_;
  const Config config_;
  OpenHandle first_;                    // reads
  std::unique_ptr<OpenHandle> second_;  // writes; null: the first does
  DeviceClock clock_;
  std::chrono::nanoseconds tick_;
  int descriptor_ = -1;  // owned by CANLIB
};

/// What a channel is: "Kvaser Virtual CAN, S/N 1 (#1)"; empty where CANLIB doesn't say.
std::string describe(const Library& library, int channel);

}  // namespace can::kvaser
