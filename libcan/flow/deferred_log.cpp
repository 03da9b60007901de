// SPDX-License-Identifier: MIT
#include "libcan/flow/deferred_log.h"

namespace can {

void DeferredLog::open() {
  if (!log_) log_ = create_();
}

void DeferredLog::write(std::span<const Message> messages) {
  if (messages.empty()) return;
  open();
  log_->write(messages);
}

void DeferredLog::comment(std::string_view text) {
  if (log_) log_->comment(text);
}

void DeferredLog::flush() {
  if (log_) log_->flush();
}

void DeferredLog::close() {
  if (log_) log_->close();
}

}  // namespace can
