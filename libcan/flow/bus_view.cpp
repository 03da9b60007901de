// SPDX-License-Identifier: MIT
#include "libcan/flow/bus_view.h"

#include <algorithm>
#include <utility>

namespace can {
namespace {

using std::chrono::nanoseconds;

// The weights of a new time, as TCP has them for round trips (RFC 6298).
constexpr int kPeriodWeight = 8, kJitterWeight = 4;

std::uint64_t key_of(const Message& m) {
  return std::uint64_t{m.channel.index()} << 32 | std::uint64_t{m.error} << 31 |
         std::uint64_t{m.extended} << 30 | m.id;
}

void note_time(BusView::Row& row, nanoseconds time) {
  const nanoseconds pause = time - row.last.timestamp;
  if (pause < nanoseconds(0)) return;  // of another log, or a clock that was set back
  if (row.count == 1) {
    row.period = pause;
    return;
  }
  row.jitter += (std::chrono::abs(pause - row.period) - row.jitter) / kJitterWeight;
  row.period += (pause - row.period) / kPeriodWeight;
}

/// Bytes that came or went count as changed in all their bits.
void note_data(BusView::Row& row, const Message& message) {
  const auto before = row.last.payload(), now = message.payload();
  const std::size_t common = std::min(before.size(), now.size()),
                    longer = std::max(before.size(), now.size());
  for (std::size_t i = 0; i < common; ++i)
    row.changed[i] |= static_cast<std::uint8_t>(before[i] ^ now[i]);
  std::fill(row.changed.begin() + common, row.changed.begin() + longer, std::uint8_t{0xFF});
  row.length_varies |= before.size() != now.size();
  for (std::size_t i = 0; i < longer; ++i) row.ever_changed[i] |= row.changed[i];
}

}  // namespace

void BusView::add(std::span<const Message> messages) {
  messages_ += messages.size();
  for (const Message& message : messages) {
    errors_ += message.error;
    latest_ = std::max(latest_, message.timestamp);
    Row* const row = row_of(message);
    if (!row) {
      ++others_;
      continue;
    }
    if (row->count > 0) {
      note_time(*row, message.timestamp);
      note_data(*row, message);
    }
    row->last = message;
    row->updated = true;
    ++row->count;
  }
}

BusView::Row* BusView::row_of(const Message& message) {
  const auto [found, added] =
      index_.try_emplace(key_of(message), static_cast<std::uint32_t>(rows_.size()));
  if (!added) return &rows_[found->second];
  if (rows_.size() == kMaxRows) {
    index_.erase(found);
    return nullptr;
  }
  return &rows_.emplace_back();
}

}  // namespace can
