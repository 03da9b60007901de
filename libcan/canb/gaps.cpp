// SPDX-License-Identifier: MIT
#include "libcan/canb/gaps.h"

#include <fmt/core.h>

namespace can::canb {
namespace {

void add(std::string& text, std::uint64_t before, std::uint64_t now, std::string_view what) {
  if (now <= before) return;
  text += fmt::format("{}{} messages {}", text.empty() ? "" : ", ", now - before, what);
}

}  // namespace

std::string Gaps::before(const BatchInfo& info, std::size_t frames) {
  // The first batch of a part of a log: what came before it stands in another part.
  const bool begins = !last_ || last_->run != info.run;
  const BatchInfo last = begins ? info.number == 0 ? BatchInfo{} : info : *last_;
  std::string text;
  add(text, begins ? last.first_frame : next_frame_, info.first_frame, "missing");
  add(text, last.dropped, info.dropped, "lost on the bus");
  add(text, last.dropped_here, info.dropped_here, "lost by the program that recorded them");
  last_ = info;
  next_frame_ = info.first_frame + frames;
  return text;
}

}  // namespace can::canb
