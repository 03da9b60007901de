// SPDX-License-Identifier: MIT
// Any bytes from a client, in pieces of any size: the session takes them or ends, its memory stays
// bounded, and what reaches the bus can stand on one.

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "cansuite/sendable.h"
#include "libcan/model/fail.h"
#include "libcan/remote/session.h"

using namespace can;
using namespace can::remote;

namespace {

/// Looks at what it is given, and gives it back to be received.
class EchoBus final : public Bus {
 public:
  int descriptor() const override { return -1; }
  std::string name() const override { return "echo"; }

 protected:
  std::size_t send_some(std::span<const Message> messages) override {
    const auto good = sendable(messages, true);
    if (good.empty()) refuse(name(), messages[0]);
    std::lock_guard lock(mutex_);
    if (++calls_ % 8 == 0) return 0;  // full
    const std::size_t taken = std::min(good.size(), calls_ % 16);
    const std::size_t kept = std::min(taken, 1000 - waiting_.size());
    waiting_.insert(waiting_.end(), good.begin(), good.begin() + static_cast<std::ptrdiff_t>(kept));
    return taken;
  }
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds) override {
    std::lock_guard lock(mutex_);
    const std::size_t count = std::min(out.size(), waiting_.size());
    std::copy_n(waiting_.begin(), count, out.begin());
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }

 private:
  std::mutex mutex_;  // cyclic messages come from a thread of their own
  std::vector<Message> waiting_;
  std::size_t calls_ = 0;
};

/// What a client makes of the server's answer has to be whole events.
void check_answer(Outbox& outbox, Version version) {
  Event event;
  while (!outbox.empty()) {
    const std::size_t size = decode(version, outbox.waiting(), event);
    if (size == 0) std::abort();
    outbox.consume(size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  static Service service{.options = {},
                         .config = {},
                         .open = [](const BusConfig&) { return std::make_unique<EchoBus>(); },
                         .log = [](LogLevel, const std::string&) {}};
  const std::size_t piece = 1 + bytes[0];
  const std::span<const std::uint8_t> input(bytes + 1, size - 1);
  const auto version =
      input.size() > 1 && input[0] == 1 ? static_cast<Version>(input[1]) : Version::v4;
  Session session(service, "fuzz");
  for (std::size_t used = 0, end = 0; end < input.size() && !session.has_ended();) {
    end = std::min(end + piece, input.size());
    used += session.handle_input(input.subspan(used, end - used));
    while (session.phase() == Phase::opening)  // it is being opened
      used += session.handle_input(input.subspan(used, end - used));
    if (end - used > 2300 && !session.has_more()) std::abort();  // no event is as long
    session.forward_from_bus();
    check_answer(session.outbox(), version);
  }
  session.end_of_input();
  return 0;
}
