// SPDX-License-Identifier: MIT
// Many vehicles in one process: each publishes a batch of messages a second, as canlogger does,
// over one connection, until a sink has acknowledged all of them.
//
//   bench_fleet VEHICLES RATE SECONDS BROKER-URL SPOOL-FOLDER
//
// RATE: messages a second of each vehicle. The vehicles publish below BROKER-URL/car0 and so on,
// and begin spread over a second. Prints JSON. "late": the seconds by which the latest batch was
// made too late; "seconds": until the last acknowledgement; "cpu": seconds of this process.

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "libcan/fleet/delivery.h"
#include "libcan/fleet/mqtt_client.h"
#include "libcan/fleet/topics.h"
#include "libcan/fleet/vehicle_topic.h"
#include "libcan/model/fail.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/vehicle.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSpool = 8 * 1024 * 1024;  // bytes
constexpr auto kPatience = 60s;                    // without an acknowledgement
constexpr auto kRound = 100ms;                     // between looks at what is due of each vehicle

struct Crowd {
  std::size_t vehicles, rate, seconds;
  fleet::Url url;
  std::string spools;  // folder
};

std::uint64_t random_run() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

/// A vehicle with its spool. In a full one there is no room: the vehicle is late then.
class Publishing {
 public:
  Publishing(const Crowd& crowd, std::size_t number)
      : topic_(fmt::format("{}/car{}", crowd.url.topic, number)),
        vehicle_(random_run(), crowd.rate, std::chrono::system_clock::now().time_since_epoch()),
        spool_(fmt::format("{}/car{}", crowd.spools, number), topic_, kSpool,
               fleet::Spool::Full::wait) {}

  const std::string& topic() const { return topic_; }
  bool has_room() const { return spool_.size() < kSpool / 2; }
  fleet::Delivery& delivery() { return delivery_; }

  std::size_t record_a_second() {
    const auto batches = vehicle_.next_second();
    for (const bench::Vehicle::Batch& batch : batches)
      if (const auto trouble = spool_.append(batch.bytes, batch.messages))
        fail(Errc::io, "{}", *trouble);
    return batches.size();
  }

  void send(fleet::MqttClient& client) {
    while (client.idle()) {
      const auto sending = delivery_.next(Clock::now());
      if (!sending) return;
      if (sending->begins)
        client.publish(topic_ + std::string(fleet::kBegin), to_text(sending->batch.position));
      client.publish(topic_ + std::string(fleet::kRaw), sending->batch.bytes);
    }
  }

 private:
  const std::string topic_;
  bench::Vehicle vehicle_;
  fleet::Spool spool_;
  fleet::Delivery delivery_{spool_};
};

/// All vehicles, on one thread.
class Publishers final : private fleet::MqttListener {
 public:
  explicit Publishers(const Crowd& crowd) : crowd_(crowd), client_({.url = crowd.url}, *this) {
    for (std::size_t i = 0; i < crowd.vehicles; ++i) {
      vehicles_.push_back(std::make_unique<Publishing>(crowd, i));
      by_topic_.emplace(vehicles_.back()->topic(), vehicles_.back().get());
    }
  }

  /// Returns whether all is acknowledged.
  bool run();
  void print() const;

 private:
  Clock::time_point due(std::size_t second) const {  // of that second of a vehicle
    return start_ + 1s * second / crowd_.vehicles;
  }
  std::size_t all_seconds() const { return crowd_.vehicles * crowd_.seconds; }
  void connect();
  bool record();
  void look_at_all();
  std::size_t complete() const;
  void on_connected() override;
  void on_notice(const std::string& text) override { fmt::print(stderr, "{}\n", text); }
  void on_message(std::string_view topic, std::span<const std::uint8_t> payload) override;

  const Crowd crowd_;
  std::vector<std::unique_ptr<Publishing>> vehicles_;
  std::unordered_map<std::string, Publishing*> by_topic_;
  std::vector<Publishing*> heard_;  // may send more
  Clock::time_point start_{}, next_round_{}, last_ack_{};
  std::size_t recorded_ = 0;  // seconds of vehicles
  std::size_t batches_ = 0;
  Clock::duration late_{};
  Stopwatch watch_;
  fleet::MqttClient client_;
};

bool Publishers::run() {
  connect();
  watch_.start();
  start_ = last_ack_ = Clock::now();
  while ((recorded_ < all_seconds() || complete() < crowd_.vehicles) &&
         Clock::now() < last_ack_ + kPatience) {
    const auto next = record() ? std::min(due(recorded_), next_round_) : next_round_;
    look_at_all();
    client_.step(next - Clock::now());
    for (Publishing* const vehicle : heard_) vehicle->send(client_);
    heard_.clear();
  }
  watch_.stop();
  return complete() == crowd_.vehicles;
}

void Publishers::connect() {
  const auto end = Clock::now() + kPatience;
  while (!client_.connected()) {
    if (Clock::now() > end) fail(Errc::io, "{}: no answer", crowd_.url.text());
    client_.step(1s);
  }
}

/// Of the next vehicle a second, if that is due; returns whether another one follows at its time.
bool Publishers::record() {
  const auto now = Clock::now();
  if (recorded_ == all_seconds()) return false;
  if (now < due(recorded_)) return true;
  Publishing& vehicle = *vehicles_[recorded_ % crowd_.vehicles];
  if (!vehicle.has_room()) return false;
  late_ = std::max(late_, now - due(recorded_));
  batches_ += vehicle.record_a_second();
  vehicle.send(client_);
  return ++recorded_ < all_seconds();
}

/// For what is to be repeated, and what the connection didn't take before.
void Publishers::look_at_all() {
  if (Clock::now() < next_round_) return;
  next_round_ = Clock::now() + kRound;
  for (const auto& vehicle : vehicles_) vehicle->send(client_);
}

std::size_t Publishers::complete() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      vehicles_, [](const auto& vehicle) { return vehicle->delivery().complete(); }));
}

void Publishers::on_connected() {
  client_.subscribe(crowd_.url.topic + "/+" + std::string(fleet::kAck));
  for (const auto& vehicle : vehicles_) vehicle->delivery().connected(Clock::now());
}

void Publishers::on_message(std::string_view topic, std::span<const std::uint8_t> payload) {
  const auto parts = fleet::parse_topic(topic);
  const auto found = parts ? by_topic_.find(std::string(parts->topic)) : by_topic_.end();
  const auto last =
      fleet::parse_position({reinterpret_cast<const char*>(payload.data()), payload.size()});
  if (found == by_topic_.end() || !last) return;
  last_ack_ = Clock::now();
  found->second->delivery().acknowledge(*last, last_ack_);
  heard_.push_back(found->second);
}

void Publishers::print() const {
  std::uint64_t resent = 0;
  for (const auto& vehicle : vehicles_) resent += vehicle->delivery().repeated();
  const auto seconds = [](Clock::duration time) {
    return std::chrono::duration<double>(time).count();
  };
  fmt::print(
      "{{\"vehicles\": {}, \"messages\": {}, \"batches\": {}, \"resent\": {}, "
      "\"acknowledged\": {}, \"late\": {:.3f}, \"seconds\": {:.3f}, \"cpu\": {:.3f}}}\n",
      crowd_.vehicles, recorded_ * crowd_.rate, batches_, resent, complete() == crowd_.vehicles,
      seconds(late_), seconds(last_ack_ - start_), watch_.cpu());
}

std::size_t number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0)
    fail(Errc::invalid, "'{}': expected a number", text);
  return value;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 6) return 2;
  Publishers publishers({.vehicles = number(argv[1]),
                         .rate = number(argv[2]),
                         .seconds = number(argv[3]),
                         .url = fleet::parse_url(argv[4]),
                         .spools = argv[5]});
  const bool all = publishers.run();
  publishers.print();
  return all ? 0 : 1;
} catch (const Error& error) {
  fmt::print(stderr, "bench_fleet: {}\n", error.what());
  return 1;
}
