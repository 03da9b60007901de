// SPDX-License-Identifier: MIT
#include "cansuite/merged_log.h"

#include <algorithm>

namespace can {
namespace {

constexpr std::size_t kBatch = 1024;

}  // namespace

MergedLog::MergedLog(std::vector<std::unique_ptr<LogReader>> logs) {
  for (auto& log : logs) parts_.push_back({std::move(log), std::vector<Message>(kBatch)});
}

/// Reads the next batch of the part; empty after its end.
void MergedLog::refill(Part& part) {
  part.at = 0;
  part.count = 0;  // in case read() throws
  part.count = part.log->read(part.batch);
  for (; part.warnings < part.log->warnings().size(); ++part.warnings)
    warn(part.log->warnings()[part.warnings]);
}

/// Leaves only parts that have a next message.
void MergedLog::refill_dry() {
  for (Part& part : parts_)
    if (part.at == part.count) refill(part);
  std::erase_if(parts_, [](const Part& part) { return part.count == 0; });
}

void MergedLog::fill(std::span<Message> out, std::size_t& filled) {
  const auto earlier = [](const Part& a, const Part& b) {
    return a.next().timestamp < b.next().timestamp;
  };
  refill_dry();
  while (filled < out.size() && !parts_.empty()) {
    Part& first = *std::min_element(parts_.begin(), parts_.end(), earlier);
    out[filled] = first.next();
    out[filled].channel = same_.first(out[filled].channel);
    ++filled;
    if (++first.at == first.count) return;  // the next message isn't read yet
  }
}

bool MergedLog::at_hand() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.at < part.count || part.log->at_hand(); });
}

}  // namespace can
