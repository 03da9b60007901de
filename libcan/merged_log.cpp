// SPDX-License-Identifier: MIT
#include "libcan/merged_log.h"

#include <algorithm>

namespace can {
namespace {

constexpr std::size_t kBatch = 1024;

}  // namespace

MergedLog::MergedLog(std::vector<std::unique_ptr<LogReader>> logs) {
  for (auto& log : logs) parts_.push_back({std::move(log), std::vector<Message>(kBatch)});
}

/// False once the part has ended.
bool MergedLog::refill(Part& part) {
  part.at = 0;
  part.count = 0;  // should read() throw
  part.count = part.log->read(part.batch);
  for (; part.warnings < part.log->warnings().size(); ++part.warnings)
    warn(part.log->warnings()[part.warnings]);
  return part.count > 0;
}

void MergedLog::fill(std::span<Message> out, std::size_t& filled) {
  const auto earlier = [](const Part& a, const Part& b) {
    return a.next().timestamp < b.next().timestamp;
  };
  while (filled < out.size()) {
    for (std::size_t i = 0; i < parts_.size();) {
      if (parts_[i].at < parts_[i].count || refill(parts_[i]))
        ++i;
      else
        parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (parts_.empty()) return;
    Part& first = *std::min_element(parts_.begin(), parts_.end(), earlier);
    out[filled] = first.next();
    ++filled;
    ++first.at;
  }
}

}  // namespace can
