// SPDX-License-Identifier: MIT
#include "cansuite/periodic.h"

#include <tuple>

#include "libcan/model/fail.h"

namespace can {

using namespace std::chrono_literals;

void PeriodicTask::modify(const Message& message) {
  const auto kind = [](const Message& m) {
    return std::tuple(m.id, bool{m.extended}, bool{m.fd}, bool{m.remote}, bool{m.error});
  };
  if (kind(message) != kind(message_))
    fail(Errc::invalid, "a periodic message keeps its id and its kind; id {:X} can't become {:X}",
         message_.id, message.id);
  if (const char* flaw = why_invalid(message))
    fail(Errc::invalid, "can't send id {:X}: {}", message.id, flaw);
  message_ = message;
  replace(message);
}

void check(const Cycle& cycle) {
  if (cycle.period < 1us || (cycle.then != 0ns && cycle.then < 1us))
    fail(Errc::invalid, "the period of a message is at least 1 us");
}

}  // namespace can
