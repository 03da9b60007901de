// SPDX-License-Identifier: MIT
#include "apps/viewer/table.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "cansuite/error.h"
#include "libcan/model/ascii.h"
#include "libcan/model/frame_text.h"

namespace can::cli {
namespace {

std::string id_of(const Message& message) {
  char text[16];
  return {text, put_frame_id(text, message)};
}

}  // namespace

void Table::look() {
  if (paused_) return;
  cool();
  view_.look([this](const BusView::Row& seen, std::size_t index) { take(seen, index); });
  shown_until_ = view_.latest();
}

void Table::cool() {
  for (Row& row : rows_)
    for (std::size_t i = 0; i < row.heat.size(); ++i) {
      if (row.heat[i] > 0) --row.heat[i];
      if (row.heat[i] == 0) row.recent[i] = 0;
    }
}

void Table::take(const BusView::Row& seen, std::size_t index) {
  if (index >= rows_.size()) rows_.resize(index + 1);
  Row& row = rows_[index];
  row.seen = seen;
  several_channels_ |= seen.last.channel != rows_.front().seen.last.channel;
  for (std::size_t i = 0; i < row.heat.size(); ++i) {
    const auto changed = static_cast<std::uint8_t>(seen.changed[i] & ~row.notched[i]);
    if (changed == 0) continue;
    row.heat[i] = kHot;
    row.recent[i] |= changed;
  }
}

void Table::clear() {
  view_.clear();
  rows_.clear();
  several_channels_ = false;
}

void Table::notch() {
  for (Row& row : rows_)
    for (std::size_t i = 0; i < row.heat.size(); ++i) {
      row.notched[i] |= row.seen.ever_changed[i];
      row.heat[i] = row.recent[i] = 0;
    }
}

void Table::notch_nothing() {
  for (Row& row : rows_) row.notched = {};
}

void Table::filter(const std::string& text) {
  filter_text_ = std::string(trim(text, " "));
  filters_.clear();
  if (filter_text_.find_first_of(":~") == std::string::npos) return;
  try {
    filters_ = parse_filters(std::span(&filter_text_, 1));
  } catch (const Error&) {
    // It is taken as a text, then, which no id contains.
  }
}

bool Table::wanted(const Row& row) const {
  if (filter_text_.empty()) return true;
  if (!filters_.empty()) return matches(filters_, row.seen.last);
  const auto has_text = [this](const std::string& text) {
    return to_lower(text).find(to_lower(filter_text_)) != std::string::npos;
  };
  return has_text(id_of(row.seen.last)) || has_text(meanings_.name(row.seen.last));
}

bool Table::before(const Row& a, const Row& b) const {
  const Message &one = a.seen.last, &other = b.seen.last;
  if (order_ == Order::latest && one.timestamp != other.timestamp)
    return one.timestamp > other.timestamp;
  if (order_ == Order::count && a.seen.count != b.seen.count) return a.seen.count > b.seen.count;
  const auto key = [](const Message& m) {
    return std::tuple(m.channel.name(), bool{m.error}, bool{m.extended}, m.id);
  };
  return key(one) < key(other);
}

std::vector<std::size_t> Table::visible() const {
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].seen.count > 0 && wanted(rows_[i])) indexes.push_back(i);
  std::ranges::sort(indexes,
                    [this](std::size_t a, std::size_t b) { return before(rows_[a], rows_[b]); });
  return indexes;
}

}  // namespace can::cli
