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

/// Without a deflater, and where it saves nothing, the columns are stored.
Codec append_columns(std::string& batch, std::string_view columns, Deflater* deflater) {
  const std::size_t before = batch.size();
  if (deflater) {
    batch.resize(before + deflater->bound(columns.size()));
    batch.resize(before + deflater->compress(columns, std::span(batch).subspan(before)));
    if (batch.size() - before < columns.size()) return Codec::zlib;
  }
  batch.resize(before);
  batch += columns;
  return Codec::stored;
}

}  // namespace

Encoder::Encoder(int level) {
  if (level > 0) deflater_.emplace(level);
  messages_.reserve(kMaxFrames);
}

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
  head.codec = append_columns(batch, columns, deflater_ ? &*deflater_ : nullptr);
  head.size = batch.size() + kSumSize;
  put_head(batch.data(), head);
  char sum[kSumSize];
  put(sum, crc32(0, batch));
  clear();
  return batch.append(sum, sizeof sum);
}

}  // namespace can::canb
