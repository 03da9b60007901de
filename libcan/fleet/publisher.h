// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "cansuite/filter.h"
#include "libcan/fleet/batcher.h"
#include "libcan/fleet/delivery.h"
#include "libcan/fleet/mqtt_client.h"
#include "libcan/fleet/spool.h"

namespace can::fleet {

/// How a vehicle's messages are published.
struct PublisherOptions {
  MqttOptions mqtt{};          ///< its topic is the vehicle's
  std::string spool_folder{};  ///< of a Spool
  std::uint64_t spool_limit = 0;
  Spool::Full full = Spool::Full::drop;
  std::chrono::nanoseconds batch = std::chrono::seconds(1);  ///< longest age of a batch
  /// Makes another payload of a batch, for the topic's part "/candump". It is published for the
  /// broker to acknowledge, once or several times. Null: batches are, for a sink to acknowledge.
  std::function<std::string(std::string_view batch)> render{};
  std::function<std::uint64_t()> dropped{};  ///< messages that the bus lost; for any thread
  /// Gets the messages of the topic's part "/tx" that pass `tx_allow`, to be sent on the vehicle's
  /// bus. Without a filter, or a function, nobody sends to the vehicle.
  std::function<void(std::span<const Message>)> on_tx{};
  Filters tx_allow{};
  /// Is told what happens to the connection and the spool, by several threads.
  std::function<void(const std::string&)> on_notice{};
};

/// Publishes messages at an MQTT broker. They go through a spool, which a thread of its own
/// compresses them into, and from there to the broker, on another thread, until a sink has
/// acknowledged them. Writing waits for neither network nor broker; it waits for the disk where
/// 32,000 messages do. One thread calls write(), pending() and finish().
class Publisher final : private MqttListener {
 public:
  /// Throws as Spool and MqttClient. Doesn't wait for the broker.
  explicit Publisher(PublisherOptions options);
  ~Publisher() override;  ///< what isn't acknowledged stays in the spool

  /// Returns after `patience` where there is no room; `messages` are then those left.
  void write(std::span<const Message>& messages, std::chrono::nanoseconds patience);

  /// No more messages come.
  void finish() { batcher_.finish(); }
  /// Behind finish(): waits until all is acknowledged, at most `patience`; returns whether it is.
  /// The spool is then empty.
  bool wait_acknowledged(std::chrono::nanoseconds patience);

  /// The time of the last acknowledgement; of the construction before the first.
  std::chrono::steady_clock::time_point heard() const { return heard_.load(); }
  /// Why the broker isn't reached now; "" while it is.
  std::string unreached() const;
  std::uint64_t bytes() const { return bytes_; }  ///< of all batches so far
  Spool::Losses losses() const { return spool_.losses(); }
  std::uint64_t waiting() const {
    return spool_.size();
  }  ///< bytes in the spool, at most a file too many
  const std::string& spool_folder() const { return spool_.folder(); }

 private:
  void keep();
  void keep(canb::Encoder& batch);
  void sync();
  void deliver(const std::stop_token& stop);
  void send_ready();
  bool takes_tx() const { return options_.on_tx && !options_.tx_allow.empty(); }
  void heard(Position last);
  void acknowledge(std::span<const std::uint8_t> payload);
  void check_stranger(Position last);
  void pass_on(std::span<const std::uint8_t> payload);
  void say(const std::string& text) const;
  void send(const Delivery::Sending& sending);
  void on_connected() override;
  void on_published(int id) override;
  void on_notice(const std::string& text) override;
  void on_message(std::string_view topic, std::span<const std::uint8_t> payload) override;
  std::string topic(std::string_view part) const {
    return options_.mqtt.url.topic + std::string(part);
  }

  const PublisherOptions options_;
  Spool spool_;
  Batcher batcher_;
  canb::BatchInfo next_;  // of the next batch; the keeping thread's
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::chrono::steady_clock::time_point> heard_;
  std::string trouble_;                             // of the spool, told; the keeping thread's
  std::chrono::steady_clock::time_point synced_{};  // the keeping thread's
  Delivery delivery_;                               // the delivering thread's
  MqttClient client_;
  mutable std::mutex mutex_;
  std::string unreached_;  // by mutex_
  std::condition_variable acknowledged_;
  std::set<std::uint64_t> runs_;      // that were sent; the delivering thread's
  std::optional<Position> stranger_;  // of no such run, acknowledged last; the same thread's
  unsigned strangers_ = 0;            // told; the same thread's
  std::deque<std::pair<int, Position>> unconfirmed_;  // by the broker; the delivering thread's
  bool kept_ = false;                                 // all messages are in the spool; by mutex_
  std::jthread keeping_, delivering_;                 // last: they use the rest
};

}  // namespace can::fleet
