// SPDX-License-Identifier: MIT
#include "libcan/canb/columns.h"
#include "libcan/model/bytes.h"

namespace can::canb {
namespace {

void append_names(std::string& out, const std::vector<Channel>& names) {
  for (const Channel channel : names) {
    out += static_cast<char>(channel.name().size());
    out += channel.name();
  }
}

/// Appends the compressed columns; false, with the batch as before, where that saves nothing.
bool append_packed(std::string& batch, std::string_view columns, Deflater& deflater) {
  const std::size_t before = batch.size();
  batch.resize(before + deflater.bound(columns.size()));
  const std::size_t size = deflater.compress(columns, std::span(batch).subspan(before));
  const bool smaller = size < columns.size();
  batch.resize(before + (smaller ? size : 0));
  return smaller;
}

}  // namespace

std::size_t Encoder::add(std::span<const Message> messages) {
  std::size_t taken = 0;
  while (taken < messages.size() && !full()) add(messages[taken++]);
  return taken;
}

void Encoder::add(const Message& message) {
  messages_.push_back(message);
  columns_ += kFrameFields + message.payload().size();
  std::uint8_t& number = numbers_[message.channel];
  if (!message.channel || number != 0) return;
  names_.push_back(message.channel);
  number = static_cast<std::uint8_t>(names_.size());
}

void Encoder::clear() {
  for (const Channel channel : names_) numbers_[channel] = 0;
  names_.clear();
  messages_.clear();
  columns_ = 0;
}

std::string Encoder::take(const BatchInfo& info) {
  Kinds kinds;
  for (const Message& each : messages_) kinds.add(kind_of(each, numbers_[each.channel]));
  kinds.sort();
  Head head{.names = names_.size(), .messages = messages_.size(), .info = info};
  if (!messages_.empty()) head.start = messages_.front().timestamp.count();
  const std::string columns = columns_of(messages_, kinds, head);
  std::string batch(kHeadSize, '\0');
  append_names(batch, names_);
  if (level_ > 0 && !deflater_) deflater_.emplace(level_);
  if (deflater_ && append_packed(batch, columns, *deflater_))
    head.codec = Codec::zlib;
  else
    batch += columns;
  head.size = batch.size() + kSumSize;
  put_head(batch.data(), head);
  char sum[kSumSize];
  put(sum, crc32(0, batch));
  clear();
  return batch.append(sum, sizeof sum);
}

}  // namespace can::canb
