// SPDX-License-Identifier: MIT
#include "formats/mf4/payloads.h"

#include <algorithm>
#include <utility>

namespace can::mf4 {
namespace {

constexpr std::size_t kLength = 4;  // bytes in front of a value
constexpr std::size_t kMax = 64;    // bytes of a frame

class InGroup final : public Payloads {
 public:
  InGroup(const RecordIndex& index, std::size_t group) : records_(index, group) {}

  std::optional<std::span<const char>> at(std::uint64_t offset) override {
    while (!begun_ || here_ < offset) {
      if (!records_.next()) return std::nullopt;
      if (std::exchange(begun_, true)) here_ = behind_;
      behind_ = here_ + kLength + records_.size();
    }
    if (here_ != offset) return std::nullopt;
    const std::size_t size = std::min<std::uint64_t>(records_.size(), kMax);
    const char* bytes = records_.bytes(size);
    if (!bytes) return std::nullopt;
    return std::span(bytes, size);
  }

 private:
  RecordCursor records_;
  bool begun_ = false;
  std::uint64_t here_ = 0, behind_ = 0;  // offsets of the current and the next record, if joined
};

class InBlocks final : public Payloads {
 public:
  explicit InBlocks(std::unique_ptr<DataBlocks> values)
      : values_(std::move(values)), window_(*values_) {}

  std::optional<std::span<const char>> at(std::uint64_t offset) override {
    const std::uint64_t total = values_->size();
    if (offset >= total || total - offset < kLength) return std::nullopt;
    const char* length = window_.at(offset, kLength);
    if (!length) return std::nullopt;
    const std::uint64_t size = get<std::uint32_t>(length);
    if (total - offset - kLength < size) return std::nullopt;
    const std::size_t wanted = std::min<std::uint64_t>(size, kMax);
    const char* bytes = window_.at(offset + kLength, wanted);
    if (!bytes) return std::nullopt;
    return std::span(bytes, wanted);
  }

 private:
  std::unique_ptr<DataBlocks> values_;
  Window window_;
};

}  // namespace

std::unique_ptr<Payloads> payloads_in_group(const RecordIndex& index, std::size_t group) {
  return std::make_unique<InGroup>(index, group);
}

std::unique_ptr<Payloads> payloads_in_blocks(std::unique_ptr<DataBlocks> values) {
  return std::make_unique<InBlocks>(std::move(values));
}

}  // namespace can::mf4
