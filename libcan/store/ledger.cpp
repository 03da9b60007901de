// SPDX-License-Identifier: MIT
#include "libcan/store/ledger.h"

#include <utility>

namespace can::store {

Ledger::Vehicle& Ledger::find(std::string_view name) {
  if (const auto found = vehicles_.find(name); found != vehicles_.end()) return found->second;
  Vehicle vehicle;
  vehicle.durable = index_.durable(name);
  return vehicles_.emplace(name, std::move(vehicle)).first->second;
}

std::uint64_t Ledger::next(std::string_view vehicle, std::uint64_t run) {
  auto& known = find(vehicle).next;
  if (const auto found = known.find(run); found != known.end()) return found->second;
  return index_.next(vehicle, run);
}

void Ledger::set(std::string_view vehicle, std::uint64_t run, std::uint64_t next) {
  Vehicle& known = find(vehicle);
  known.next[run] = next;
  known.changed.insert(run);
}

void Ledger::advance(std::string_view vehicle, std::uint64_t run) {
  set(vehicle, run, next(vehicle, run) + 1);
  find(vehicle).latest = run;
}

void Ledger::skip(std::string_view vehicle, fleet::Position next) {
  if (next.number > this->next(vehicle, next.run)) set(vehicle, next.run, next.number);
}

std::optional<fleet::Position> Ledger::durable(std::string_view vehicle) {
  return find(vehicle).durable;
}

std::vector<std::string> Ledger::save() {
  std::vector<std::string> advanced;
  for (auto& [name, vehicle] : vehicles_) {
    if (vehicle.changed.empty()) continue;
    if (vehicle.latest) advanced.push_back(name);
    save(name, vehicle);
  }
  return advanced;
}

void Ledger::save(const std::string& name, Vehicle& vehicle) {
  for (const std::uint64_t run : std::exchange(vehicle.changed, {}))
    index_.set_next(name, run, vehicle.next[run]);
  if (const auto latest = std::exchange(vehicle.latest, {})) {
    index_.set_latest(name, *latest);
    vehicle.durable = {*latest, vehicle.next[*latest] - 1};
  }
  // Earlier runs are looked up in the index, should they occur again.
  std::erase_if(vehicle.next, [&](const auto& each) {
    return !vehicle.durable || each.first != vehicle.durable->run;
  });
}

}  // namespace can::store
