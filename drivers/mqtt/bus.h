// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cansuite/bus.h"
#include "drivers/support/message_queue.h"
#include "libcan/canb/canb.h"
#include "libcan/fleet/mqtt_client.h"
#include "libcan/fleet/position.h"

namespace can {

/// Receives the batches of vehicles from a broker, each once, on a thread of its own. Messages lost
/// between two batches count as dropped.
class MqttBus final : public Bus, private fleet::MqttListener {
 public:
  /// Doesn't wait for the broker. `may_send`: send() publishes what the vehicle is to send. Throws
  /// as fleet::MqttClient.
  MqttBus(const fleet::MqttOptions& mqtt, bool may_send);
  ~MqttBus() override;

  int descriptor() const override { return queue_.descriptor(); }
  std::string name() const override { return name_; }
  BusCounters counters() const override;
  /// Waits until the broker has what was sent, up to ten seconds. Throws Errc::io.
  void flush() override;

 protected:
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override {
    return queue_.receive(out, timeout);
  }
  std::size_t send_some(std::span<const Message> messages) override;
  std::string_view blocked_reason() const override { return "the broker takes no more messages"; }

 private:
  struct Vehicle {
    bool known = false;
    fleet::Position next{};
    std::uint64_t next_frame = 0;
    ChannelTable<Channel> channels{};  // "car17/can0" by "can0"
  };

  void run(const std::stop_token& stop);
  void publish_waiting();
  void on_connected() override;
  void on_notice(const std::string& text) override { add_notice(text); }
  void on_message(std::string_view topic, std::span<const std::uint8_t> payload) override;
  void receive(const std::string& vehicle, std::span<const std::uint8_t> payload);
  bool is_new(Vehicle& vehicle, const canb::BatchInfo& info);
  void name_channels(const std::string& name, Vehicle& vehicle);

  const std::string name_, pattern_;
  const bool several_;  // vehicles
  const bool may_send_;
  MessageQueue queue_;
  std::atomic<std::uint64_t> lost_ = 0, malformed_ = 0;
  std::map<std::string, Vehicle, std::less<>> vehicles_;  // the thread's, as the next
  std::vector<Message> messages_;
  std::mutex mutex_;  // guards the next two
  canb::Encoder sending_;
  bool unsent_ = false;  // from send_some() until the connection has taken all
  std::condition_variable sent_;
  fleet::MqttClient client_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace can
