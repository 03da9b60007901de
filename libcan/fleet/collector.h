// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "libcan/fleet/batch_store.h"
#include "libcan/fleet/mqtt_client.h"
#include "libcan/fleet/run_watch.h"

namespace can::fleet {

/// The sink of a fleet: receives the batches of vehicles from an MQTT broker, stores them, and
/// acknowledges what is durable. One thread calls all functions.
class Collector final : private MqttListener {
 public:
  struct Options {
    MqttOptions mqtt{};  ///< the topic of a vehicle, or with wildcards those of several
    std::chrono::nanoseconds sync_every = std::chrono::seconds(1);
    std::function<void(const std::string&)> on_notice{};
  };

  struct Counters {
    std::uint64_t stored = 0, duplicates = 0, gaps = 0, damaged = 0;  ///< batches
    std::uint64_t bytes = 0;                                          ///< of the stored ones
  };

  /// The store must outlive this. Throws as MqttClient.
  Collector(Options options, BatchStore& store);

  /// Waits up to `timeout`, stores what came, syncs and acknowledges when that is due. Throws what
  /// the store throws.
  void step(std::chrono::nanoseconds timeout);

  /// Syncs and acknowledges what was stored, and ends the connection.
  void finish();

  const Counters& counters() const { return counters_; }
  std::size_t vehicles() const { return vehicles_.size(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Vehicle {
    std::string topic;
    std::uint64_t unsynced = 0;      // batches
    std::set<std::uint64_t> runs{};  // of those
    RunWatch watch{};
  };

  void on_connected() override;
  void on_notice(const std::string& text) override;
  void on_message(std::string_view topic, std::span<const std::uint8_t> payload) override;
  void receive(std::string_view topic, std::span<const std::uint8_t> payload);
  void store(const std::string& name, Vehicle& vehicle, std::span<const std::uint8_t> batch);
  void watch(const std::string& name, Vehicle& vehicle, std::uint64_t run);
  Vehicle* find(const std::string& name, std::string_view topic);
  void sync();
  void acknowledge_stored(const std::string& name, Vehicle& vehicle);
  void acknowledge(const Vehicle& vehicle, std::optional<Position> last);

  const Options options_;
  BatchStore& store_;
  Counters counters_;
  std::map<std::string, Vehicle, std::less<>> vehicles_;  // by name
  bool urgent_ = false;                                   // a vehicle's window may be full
  bool unsynced_ = false;
  Clock::time_point sync_at_{};
  std::exception_ptr failure_;  // of the store; may not pass through the library
  MqttClient client_;
};

}  // namespace can::fleet
