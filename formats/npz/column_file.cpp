// SPDX-License-Identifier: MIT
#include "formats/npz/column_file.h"

namespace can::npz {

std::size_t ColumnFile::add_column() {
  columns_.emplace_back();
  return columns_.size() - 1;
}

void ColumnFile::put(std::size_t column, std::uint64_t value) {
  Column& to = columns_[column];
  to.last.push_back(value);
  if (to.last.size() < kBlock) return;
  const auto bytes = std::as_bytes(std::span(to.last));
  file_.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  to.blocks.push_back(end_);
  end_ += bytes.size();
  to.last.clear();
}

}  // namespace can::npz
