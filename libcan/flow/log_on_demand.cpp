// SPDX-License-Identifier: MIT
#include "libcan/flow/log_on_demand.h"

#include <utility>

namespace can {

void LogOnDemand::open() {
  if (log_) return;
  log_ = create_();
  for (const std::string& remark : std::exchange(remarks_, {})) log_->comment(remark);
}

void LogOnDemand::write(std::span<const Message> messages) {
  if (messages.empty()) return;
  open();
  log_->write(messages);
}

void LogOnDemand::comment(std::string_view text) {
  constexpr std::size_t kMax = 100;  // a bus may give many notices before its first message
  if (log_)
    log_->comment(text);
  else if (remarks_.size() < kMax)
    remarks_.emplace_back(text);
}

void LogOnDemand::flush() {
  if (log_) log_->flush();
}

void LogOnDemand::close() {
  if (log_) log_->close();
  create_ = nullptr;  // releases its captures, such as a locked file
}

}  // namespace can
