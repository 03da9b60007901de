// SPDX-License-Identifier: MIT
#include "libcan/remote/cyclic_messages.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Limits of each client, so that other clients get machine and bus, too.
constexpr std::size_t kMaxMessages = 256;
constexpr auto kMinPeriod = 50us;  // of all messages together: a full bus at 1 Mbit/s

/// Messages per second.
double rate(nanoseconds period) { return std::chrono::duration<double>(1) / period; }

Cycle cycle_of(const Event& event) {
  if (event.duration == 0ms) return {.period = event.period, .count = 0};
  const auto count = static_cast<std::uint64_t>(event.duration / event.period);
  return {.period = event.period, .count = std::max<std::uint64_t>(count, 1)};
}

}  // namespace

void CyclicMessages::start(Bus& bus, const Event& event) {
  stop(event.message.id);
  check_limits(event.period);
  auto task = bus.send_periodic(event.message, cycle_of(event));
  messages_[event.message.id] = {std::move(task), event.period};
}

void CyclicMessages::check_limits(nanoseconds period) const {
  if (messages_.size() >= kMaxMessages)
    fail(Errc::unsupported, "expected at most {} cyclic messages", kMaxMessages);
  double sum = rate(period);
  for (const auto& [id, cyclic] : messages_) sum += rate(cyclic.period);
  if (sum > rate(kMinPeriod))
    fail(Errc::unsupported, "expected at most {:.0f} cyclic messages per second, got {:.0f}",
         rate(kMinPeriod), sum);
}

std::vector<std::string> CyclicMessages::remove_ended() {
  std::vector<std::string> failures;
  std::erase_if(messages_, [&failures](const auto& entry) {
    try {
      return entry.second.task->wait(0ns);
    } catch (const Error& error) {
      failures.emplace_back(error.what());
      return true;
    }
  });
  return failures;
}

}  // namespace can::remote
