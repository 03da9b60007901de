// SPDX-License-Identifier: MIT
#include "libcan/flow/log_on_demand.h"

namespace can {

void LogOnDemand::open() {
  if (!log_) log_ = create_();
}

void LogOnDemand::write(std::span<const Message> messages) {
  if (messages.empty()) return;
  open();
  log_->write(messages);
}

void LogOnDemand::comment(std::string_view text) {
  if (log_) log_->comment(text);
}

void LogOnDemand::flush() {
  if (log_) log_->flush();
}

void LogOnDemand::close() {
  if (log_) log_->close();
}

}  // namespace can
