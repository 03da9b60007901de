// SPDX-License-Identifier: MIT
#include "libcan/remote/cyclic_messages.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// One client leaves machine and bus to others; all of them fill a bus at 1 Mbit/s.
constexpr CyclicLoad kMaxOfClient = {.messages = 256, .rate = 10'000'000};
constexpr CyclicLoad kMaxOfAll = {.messages = 1024, .rate = 20'000'000};

std::int64_t rate(nanoseconds period) { return 1000s / period; }

/// Whether the load is below the limit with one more message of this period.
void check(const CyclicLoad& load, nanoseconds period, const CyclicLoad& limit, const char* whose) {
  if (load.messages >= limit.messages)
    fail(Errc::unsupported, "expected at most {} cyclic messages of {}", limit.messages, whose);
  if (load.rate + rate(period) > limit.rate)
    fail(Errc::unsupported, "expected at most {} cyclic messages per second of {}, got {}",
         limit.rate / 1000, whose, (load.rate + rate(period)) / 1000);
}

Cycle cycle_of(const Event& event) {
  if (event.duration == 0ms) return {.period = event.period, .count = 0};
  const auto count = static_cast<std::uint64_t>(event.duration / event.period);
  return {.period = event.period, .count = std::max<std::uint64_t>(count, 1)};
}

}  // namespace

void CyclicMessages::start(Bus& bus, const Event& event) {
  stop(event.message.id);
  check(own_, event.period, kMaxOfClient, "a client");
  check(all_, event.period, kMaxOfAll, "all clients");
  auto task = bus.send_periodic(event.message, cycle_of(event));
  messages_[event.message.id] = {std::move(task), event.period};
  count(event.period, 1);
}

void CyclicMessages::stop(std::uint32_t id) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return;
  count(found->second.period, -1);
  messages_.erase(found);
}

void CyclicMessages::stop_all() {
  while (!messages_.empty()) stop(messages_.begin()->first);
}

void CyclicMessages::count(nanoseconds period, int change) {
  for (CyclicLoad* load : {&own_, &all_}) {
    load->messages += static_cast<std::size_t>(change);
    load->rate += change * rate(period);
  }
}

std::vector<std::string> CyclicMessages::remove_ended() {
  std::vector<std::string> failures;
  std::vector<std::uint32_t> ended;
  for (const auto& [id, cyclic] : messages_) try {
      if (cyclic.task->wait(0ns)) ended.push_back(id);
    } catch (const Error& error) {
      failures.emplace_back(error.what());
      ended.push_back(id);
    }
  for (const std::uint32_t id : ended) stop(id);
  return failures;
}

}  // namespace can::remote
