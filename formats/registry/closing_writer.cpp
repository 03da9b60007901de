// SPDX-License-Identifier: MIT
#include "formats/registry/closing_writer.h"

#include <utility>

#include "libcan/model/fail.h"

namespace can {

ClosingWriter::~ClosingWriter() {
  try {
    close();
  } catch (...) {  // close() reports; a destructor can't
  }
}

void ClosingWriter::write(std::span<const Message> messages) {
  open().write(messages);
  if (!storage_) return;
  storage_->add_messages(messages.size());
  if (size_exact_) storage_->add_mark(log_->size());
}

bool ClosingWriter::put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) {
  return open().event(text, at);
}

void ClosingWriter::flush() {
  if (!closed_) log_->flush();
}

void ClosingWriter::close() {
  if (!std::exchange(closed_, true)) log_->close();
}

LogWriter& ClosingWriter::open() {
  if (closed_) fail(Errc::invalid, "{}: is closed, nothing can be written to it", name_);
  return *log_;
}

}  // namespace can
