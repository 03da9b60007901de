// SPDX-License-Identifier: MIT
#include "cansuite/log.h"

#include <utility>

#include "libcan/model/fail.h"

namespace can {

std::size_t LogReader::read(std::span<Message> out) {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  std::size_t filled = 0;
  for (;;) {
    try {
      fill(out, filled);
      return filled;
    } catch (const Error& error) {
      if (keep_going_ && error.code() == Errc::corrupt) {
        warn(error.what());
        continue;
      }
      if (filled == 0) throw;
      failure_ = std::current_exception();
      return filled;
    }
  }
}

void LogReader::warn(std::string text) {
  if (++warning_count_ <= kMaxWarnings) warnings_.push_back(std::move(text));
}

}  // namespace can
