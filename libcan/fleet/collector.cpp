// SPDX-License-Identifier: MIT
#include "libcan/fleet/collector.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "libcan/canb/canb.h"
#include "libcan/fleet/topics.h"
#include "libcan/fleet/vehicle_topic.h"
#include "libcan/model/fail.h"

namespace can::fleet {
namespace {

constexpr std::uint64_t kMany = 32;            // batches of a vehicle: half of its window
constexpr std::size_t kMaxVehicles = 100'000;  // a broker could invent any number

}  // namespace

Collector::Collector(Options options, BatchStore& store)
    : options_(std::move(options)), store_(store), client_(options_.mqtt, *this) {}

void Collector::step(std::chrono::nanoseconds timeout) {
  if (unsynced_) timeout = std::min<std::chrono::nanoseconds>(timeout, sync_at_ - Clock::now());
  client_.step(timeout);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  if (unsynced_ && (urgent_ || Clock::now() >= sync_at_)) sync();
}

void Collector::finish() {
  if (unsynced_) sync();
  client_.disconnect();
}

void Collector::on_connected() {
  for (const std::string_view part : {kRaw, kBegin})
    client_.subscribe(options_.mqtt.url.topic + std::string(part));
}

void Collector::on_notice(const std::string& text) {
  if (options_.on_notice) options_.on_notice(text);
}

void Collector::on_message(std::string_view topic, std::span<const std::uint8_t> payload) try {
  if (!failure_) receive(topic, payload);
} catch (...) {
  failure_ = std::current_exception();
}

void Collector::receive(std::string_view topic, std::span<const std::uint8_t> payload) {
  const auto parts = parse_topic(topic);
  const std::string name = parts ? vehicle_of(options_.mqtt.url.topic, parts->topic) : "";
  Vehicle* const vehicle = name.empty() ? nullptr : find(name, parts->topic);
  if (!vehicle || payload.size() > canb::kMaxBatchSize) {
    ++counters_.damaged;
  } else if (parts->part == kRaw) {
    store(name, *vehicle, payload);
  } else if (parts->part == kBegin) {
    const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
    if (const auto next = parse_position(text)) store_.begin(name, *next);
  }
}

Collector::Vehicle* Collector::find(const std::string& name, std::string_view topic) {
  if (const auto found = vehicles_.find(name); found != vehicles_.end()) return &found->second;
  if (vehicles_.size() == kMaxVehicles) return nullptr;
  return &vehicles_.emplace(name, Vehicle{.topic = std::string(topic)}).first->second;
}

void Collector::store(const std::string& name, Vehicle& vehicle,
                      std::span<const std::uint8_t> batch) {
  switch (store_.put(name, batch)) {
    case BatchStore::Verdict::stored:
      ++counters_.stored;
      counters_.bytes += batch.size();
      urgent_ |= ++vehicle.unsynced >= kMany;
      watch(name, vehicle, canb::info_of(batch).run);
      if (!std::exchange(unsynced_, true)) sync_at_ = Clock::now() + options_.sync_every;
      return;
    case BatchStore::Verdict::duplicate:
      ++counters_.duplicates;
      // The last acknowledgement may be lost.
      acknowledge(vehicle, store_.durable(name, canb::info_of(batch).run));
      return;
    case BatchStore::Verdict::gap:
      ++counters_.gaps;
      return;
    case BatchStore::Verdict::damaged:
      ++counters_.damaged;
  }
}

void Collector::watch(const std::string& name, Vehicle& vehicle, std::uint64_t run) {
  vehicle.runs.insert(run);
  if (const auto pair = vehicle.watch.add(run))
    on_notice(fmt::format(
        "{}: two programs publish for this vehicle, as the runs {:016x} and {:016x}; their "
        "messages are stored by turns, each once",
        name, pair->first, pair->second));
}

void Collector::sync() {
  unsynced_ = urgent_ = false;
  for (const std::string& name : store_.sync()) {
    const auto vehicle = vehicles_.find(name);
    if (vehicle == vehicles_.end()) continue;
    acknowledge_stored(name, vehicle->second);
  }
}

/// The latest run, as a rule; where two programs publish for the vehicle, the runs of both.
void Collector::acknowledge_stored(const std::string& name, Vehicle& vehicle) {
  vehicle.unsynced = 0;
  const auto runs = std::exchange(vehicle.runs, {});
  if (runs.size() < 2) return acknowledge(vehicle, store_.durable(name));
  for (const std::uint64_t run : runs) acknowledge(vehicle, store_.durable(name, run));
}

void Collector::acknowledge(const Vehicle& vehicle, std::optional<Position> last) {
  if (last) client_.publish(vehicle.topic + std::string(kAck), to_text(*last));
}

}  // namespace can::fleet
