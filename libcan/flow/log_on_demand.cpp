// SPDX-License-Identifier: MIT
#include "libcan/flow/log_on_demand.h"

#include <utility>

namespace can {

void LogOnDemand::open() {
  if (log_) return;
  log_ = create_();
  for (const Event& event : std::exchange(early_, {})) log_->event(event.text, event.at);
}

void LogOnDemand::write(std::span<const Message> messages) {
  if (messages.empty()) return;
  open();
  log_->write(messages);
}

bool LogOnDemand::put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) {
  constexpr std::size_t kMax = 100;  // a bus may give many notices before its first message
  if (log_) return log_->event(text, at);
  if (early_.size() == kMax) return false;
  early_.push_back({std::string(text), at});
  return true;
}

void LogOnDemand::flush() {
  if (log_) log_->flush();
}

void LogOnDemand::close() {
  if (log_) log_->close();
  create_ = nullptr;  // releases its captures, such as a locked file
}

}  // namespace can
