// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cansuite/config.h"
#include "drivers/nican/library.h"
#include "drivers/support/polled_device.h"

namespace can::nican {

/// The settings of a channel.
struct Config {
  std::string channel;  ///< "CAN0"
  bool log_errors = true;
  std::uint32_t bitrate = 0;    ///< 0: unchanged
  std::uint32_t baud_rate = 0;  ///< the same as the attribute has it
  Filters filters;
};

/// Throws Errc::invalid, Errc::unsupported.
Config make_config(const BusConfig& config);

/// An attribute with its value.
struct Attribute {
  std::uint32_t id, value;
};

/// What a channel is configured with. NI-CAN has one filter for each length of id.
std::vector<Attribute> attributes_of(const Config& config);

/// A channel that is configured and open; the end closes it.
class OpenObject {
 public:
  /// Throws Errc::io.
  OpenObject(const Library& library, const Config& config);
  ~OpenObject() { library_.close(handle_); }
  OpenObject(const OpenObject&) = delete;
  OpenObject& operator=(const OpenObject&) = delete;

  operator Handle() const { return handle_; }

 private:
  const Library& library_;
  const Handle handle_;
};

/// A channel of NI-CAN. What it receives of itself bears no mark: own messages are made by the bus.
class NiChannel final : public PolledDevice {
 public:
  NiChannel(std::shared_ptr<const Library> library, Config config);

  void wait(std::chrono::nanoseconds limit) override;
  std::chrono::nanoseconds longest_wait() const override { return std::chrono::milliseconds(10); }
  void read(can::Received& out) override;
  std::size_t send(std::span<const Message> messages) override;
  const char* why_unsendable(const Message& message) const override;
  bool all_sent() override;
  std::size_t discard_unsent() override;
  void set_filters(std::span<const Filter> filters) override;
  BusState state() override;
  std::string details() const override;

 private:
  bool read_one(can::Received& out);
  bool take_error(Status status, std::string_view function, can::Received& out) const;
  std::uint32_t get(std::uint32_t attribute, std::uint32_t otherwise) const;

  const std::shared_ptr<const Library> library_;
  Config config_;
  std::unique_ptr<OpenObject> object_;
};

}  // namespace can::nican
