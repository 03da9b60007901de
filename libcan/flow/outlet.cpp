// SPDX-License-Identifier: MIT
#include "libcan/flow/outlet.h"

#include "cansuite/error.h"

namespace can {

std::size_t send_by_rules(Bus& bus, std::span<const Message> messages, const OutletRules& rules,
                          std::chrono::nanoseconds limit, LeftOut& left_out,
                          std::size_t& done) try {
  done = bus.send_now(messages);
  if (done > 0) return done;
  if (rules.on_full != OnFull::drop) {
    bus.await_room(limit);
    return 0;
  }
  ++left_out.no_room;
  done = 1;
  return 0;
} catch (const Error& error) {
  done = 0;
  if (error.code() == Errc::full && rules.on_full == OnFull::wait) return 0;
  const bool unsendable = error.code() == Errc::invalid || error.code() == Errc::unsupported;
  if (!unsendable || !rules.skip_unsendable) throw;
  ++left_out.unsendable;
  done = 1;
  return 0;
}

}  // namespace can
