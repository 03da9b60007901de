// SPDX-License-Identifier: MIT
#include "formats/canb/batches.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::canb {
namespace {

constexpr std::size_t kStart = 12;  // bytes that tell the size of a batch

std::span<const std::uint8_t> bytes_of(std::span<const char> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// What is wrong with a batch, by the error that `read` throws; "" for nothing.
template <class Read>
std::string flaw_in(Read read) try {
  read();
  return {};
} catch (const Error& error) {
  return error.what();
}

}  // namespace

bool BatchReader::next(Batch& batch) {
  if (lost_) return next_sound(batch);
  if (!input_.need(1)) return false;
  const std::uint64_t offset = input_.offset();
  const std::string flaw = read(batch);
  if (flaw.empty()) return true;
  lost_ = true;
  skip(1);
  fail(Errc::corrupt, "{}: offset 0x{:x}: {}", name(), offset, flaw);
}

bool BatchReader::at_hand() const {
  if (input_.size() < kStart) return input_.at_hand(kStart);
  return input_.at_hand(kMaxBatchSize);
}

/// The bytes between damage and the next sound batch may look like batches.
bool BatchReader::next_sound(Batch& batch) {
  while (find_next()) {
    lost_ = !read(batch).empty();
    if (!lost_) return true;
    skip(1);
  }
  return false;
}

/// Searches for the start of a batch; false at the end.
bool BatchReader::find_next() {
  while (input_.need(1)) {
    skip(find_start(bytes_of({input_.at(), input_.size()})));
    if (input_.size() > 0) return true;
  }
  return false;
}

void BatchReader::skip(std::size_t bytes) {
  input_.skip(bytes);
  skipped_ += bytes;
}

std::string BatchReader::read(Batch& batch) {
  std::size_t size = 0;
  const auto head = bytes_of(input_.peek(kStart));
  if (std::string flaw = flaw_in([&] { size = size_of(head); }); !flaw.empty()) return flaw;
  if (size == 0 || !input_.need(size)) return "the log ends inside a batch";
  batch.offset = offset();
  batch.messages.clear();
  std::string flaw = flaw_in([&] {
    batch.info = decode(bytes_of({input_.at(), size}), batch.messages);
  });
  if (flaw.empty()) input_.skip(size);
  return flaw;
}

}  // namespace can::canb
