// SPDX-License-Identifier: MIT
#include "libcan/fleet/run_watch.h"

#include <algorithm>

namespace can::fleet {
namespace {

constexpr std::size_t kRemembered = 8;  // runs
constexpr unsigned kReturns = 2;

}  // namespace

std::optional<RunWatch::Pair> RunWatch::add(std::uint64_t run) {
  if (!runs_.empty() && runs_.front().run == run) return {};
  const auto found = std::ranges::find(runs_, run, &Seen::run);
  if (found == runs_.end()) {
    runs_.insert(runs_.begin(), {run});
    if (runs_.size() > kRemembered) runs_.pop_back();
    return {};
  }
  std::rotate(runs_.begin(), found, found + 1);
  if (++runs_[0].returns != kReturns) return {};
  Seen& before = runs_[1];
  before.returns = std::max(before.returns, kReturns);  // is told
  return Pair(run, before.run);
}

}  // namespace can::fleet
