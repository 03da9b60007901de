// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/store/index.h"

namespace can::store {

/// Which batches of which vehicle are stored. The runs of a vehicle are counted one by one, so that
/// a batch of an earlier run isn't stored a second time. For one thread.
class Ledger {
 public:
  /// The index must outlive this.
  explicit Ledger(Index& index) : index_(index) {}

  /// The number of the batch of the run that may be stored next; 0 of an unknown run.
  std::uint64_t next(std::string_view vehicle, std::uint64_t run);
  /// That batch was stored.
  void advance(std::string_view vehicle, std::uint64_t run);
  /// The batches before `next` will not come. Without effect where they are stored.
  void skip(std::string_view vehicle, fleet::Position next);

  /// The vehicle's last batch up to which all are saved.
  std::optional<fleet::Position> durable(std::string_view vehicle);

  /// Saves all changes in the index; returns the vehicles with new batches.
  std::vector<std::string> save();
  /// What was not saved is no longer known.
  void forget() { vehicles_.clear(); }

  bool knows(std::string_view vehicle) const { return vehicles_.contains(vehicle); }
  std::size_t size() const { return vehicles_.size(); }  ///< vehicles known so far

 private:
  struct Vehicle {
    std::map<std::uint64_t, std::uint64_t> next;  // by run
    std::set<std::uint64_t> changed;              // runs
    std::optional<std::uint64_t> latest;          // run of the last batch that was stored
    std::optional<fleet::Position> durable;
  };

  Vehicle& find(std::string_view name);
  void set(std::string_view vehicle, std::uint64_t run, std::uint64_t next);
  void save(const std::string& name, Vehicle& vehicle);

  Index& index_;
  std::map<std::string, Vehicle, std::less<>> vehicles_;
};

}  // namespace can::store
