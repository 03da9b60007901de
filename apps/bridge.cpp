// SPDX-License-Identifier: MIT
#include "apps/bridge.h"

#include <algorithm>
#include <atomic>

#include "apps/bus_options.h"
#include "cansuite/notifier.h"
#include "libcan/model/quantity.h"
#include "libcan/platform/interruption.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 200ms;  // for notices and failures
constexpr auto kRoom = 50ms;

/// One direction.
class Forward final : public Listener {
 public:
  Forward(Bus& from, Bus& to, OutletRules rules) : from_(from), to_(to), rules_(rules) {}

  void on_messages(std::span<const Message> messages) override {
    for (std::size_t done = 0; !messages.empty(); messages = messages.subspan(done)) {
      const auto error = std::ranges::find_if(messages, [](const Message& m) { return m.error; });
      const auto good = static_cast<std::size_t>(error - messages.begin());
      if (good == 0) {
        done = 1;
        continue;
      }
      sent_ += send_by_rules(to_, messages.first(good), rules_, kRoom, left_out_, done);
      if (done == 0 && interruption::requested()) {
        left_out_.no_room += messages.size();
        return;
      }
    }
  }

  /// "socketcan can0 -> udp_multicast 239.74.163.2: 12 messages".
  std::string text() const {
    std::string text =
        fmt::format("{} -> {}: {}", from_.name(), to_.name(), counted(sent_, "message"));
    const std::uint64_t lost = from_.counters().dropped;
    if (lost > 0) text += fmt::format(", {} lost before they were received", grouped(lost));
    if (left_out_.no_room > 0) text += fmt::format(", {} without room", grouped(left_out_.no_room));
    if (left_out_.unsendable > 0)
      text += fmt::format(", {} that the bus can't have", grouped(left_out_.unsendable));
    return text;
  }
  bool complete() const {
    return from_.counters().dropped + left_out_.no_room + left_out_.unsendable == 0;
  }

 private:
  Bus &from_, &to_;
  const OutletRules rules_;
  std::uint64_t sent_ = 0;  // read when the thread has ended
  LeftOut left_out_;
};

}  // namespace

Exit bridge(const Program& program, Bus& left, Bus& right, const OutletRules& rules,
            Signals& signals) {
  Forward to_right(left, right, rules), to_left(right, left, rules);
  Notifier from_left(left, {&to_right}), from_right(right, {&to_left});
  program.say_verbose(fmt::format("{} <-> {}", left.name(), right.name()));
  while (from_left.running() && from_right.running() &&
         signals.wait_until(std::chrono::steady_clock::now() + kLook) == 0)
    for (Bus* bus : {&left, &right}) print_notices(program, *bus);
  const auto finish = [&] {
    for (const Forward* direction : {&to_right, &to_left}) program.say(direction->text());
  };
  try {
    from_left.stop();
    from_right.stop();
  } catch (const Error&) {
    finish();
    throw;
  }
  finish();
  return to_right.complete() && to_left.complete() ? Exit::ok : Exit::failure;
}

}  // namespace can::cli
