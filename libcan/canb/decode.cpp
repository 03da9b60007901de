// SPDX-License-Identifier: MIT
#include <utility>

#include "libcan/canb/layout.h"
#include "libcan/model/bytes.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"

namespace can::canb {
namespace {

/// The parts of a batch that are read in order, none beyond its end.
class Cursor {
 public:
  explicit Cursor(std::span<const char> bytes) : left_(bytes) {}

  std::span<const char> take(std::size_t size) {
    if (size > left_.size()) fail(Errc::corrupt, "a batch whose parts don't fit into it");
    const auto part = left_.first(size);
    left_ = left_.subspan(size);
    return part;
  }
  std::uint8_t take_byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::span<const char> rest() { return take(left_.size()); }

 private:
  std::span<const char> left_;
};

/// Numbers in planes, as the encoder's put_planes() writes them.
class Planes {
 public:
  Planes(Cursor& from, std::size_t count, std::size_t size)
      : bytes_(from.take(count * size)), count_(count) {}

  std::uint64_t operator[](std::size_t index) const {
    std::uint64_t number = 0;
    int shift = 0;
    for (std::size_t at = index; at < bytes_.size(); at += count_, shift += 8)
      number |= std::uint64_t{static_cast<std::uint8_t>(bytes_[at])} << shift;
    return number;
  }

 private:
  std::span<const char> bytes_;
  std::size_t count_;
};

struct Kind {
  Message last;              // the message before, at first without data
  const char* at = nullptr;  // first byte of the next message's data
  std::size_t count = 0;     // messages, and bytes from one byte of the data to the next
};

std::span<const char> chars(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The head of a batch whose checksum is right.
Head checked_head(std::span<const char> batch) {
  if (batch.size() < kHeadSize) fail(Errc::corrupt, "a batch that ends inside its head");
  const Head head = get_head(batch.data());
  if (batch.size() != head.size)
    fail(Errc::corrupt, "a batch of {} bytes, expected {}", batch.size(), head.size);
  const std::size_t body = batch.size() - kSumSize;
  if (crc32(0, batch.first(body)) != get<std::uint32_t>(batch.data() + body))
    fail(Errc::corrupt, "a batch with a wrong checksum");
  return head;
}

std::vector<std::string_view> read_names(Cursor& from, std::size_t count) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = from.take(from.take_byte());
    names.emplace_back(name.data(), name.size());
  }
  return names;
}

/// Channel 0 is none.
std::vector<Channel> channels_of(const std::vector<std::string_view>& names) {
  std::vector<Channel> channels{Channel()};
  for (const std::string_view name : names) channels.emplace_back(name);
  return channels;
}

/// What follows the head.
Cursor body_of(std::span<const char> batch) {
  return Cursor(batch.subspan(kHeadSize, batch.size() - kHeadSize - kSumSize));
}

/// Decompresses the columns into `memory` where they are compressed.
std::span<const char> inflated(std::span<const char> columns, const Head& head, Buffer& memory) {
  if (head.codec == Codec::stored) return columns;
  const std::span<char> room(memory.room(head.columns), head.columns);
  const Inflated result = Inflater().inflate(columns, room);
  if (!result.complete || result.used != columns.size())
    fail(Errc::corrupt, "a batch with damaged compressed data");
  return room.first(result.size);
}

void check_frame(const Message& m) {
  if (const char* flaw = why_invalid(m)) fail(Errc::corrupt, "{}", flaw);
  if (m.raw_dlc > 15) fail(Errc::corrupt, "a frame with the DLC {}", m.raw_dlc);
}

std::vector<Kind> read_kinds(Cursor& from, std::size_t count, const std::vector<Channel>& names) {
  const Planes channels(from, count, 1), flags(from, count, 1), lengths(from, count, 1),
      codes(from, count, 1), ids(from, count, 4);
  std::vector<Kind> kinds(count);
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Message& m = kinds[i].last;
    if (channels[i] >= names.size()) fail(Errc::corrupt, "a channel without a name");
    m.channel = names[channels[i]];
    m.id = id += static_cast<std::uint32_t>(ids[i]);
    set_message_flags(m, static_cast<std::uint8_t>(flags[i]));
    m.length = static_cast<std::uint8_t>(lengths[i]);
    m.raw_dlc = static_cast<std::uint8_t>(codes[i]);
    check_frame(m);
  }
  return kinds;
}

/// Finds the data of each kind behind the other columns.
void place_data(Cursor& from, const Planes& numbers, std::size_t messages,
                std::vector<Kind>& kinds) {
  for (std::size_t i = 0; i < messages; ++i) {
    if (numbers[i] >= kinds.size()) fail(Errc::corrupt, "a message of no kind");
    ++kinds[numbers[i]].count;
  }
  for (Kind& kind : kinds) kind.at = from.take(kind.count * kind.last.payload().size()).data();
  if (!from.rest().empty()) fail(Errc::corrupt, "bytes behind the data of a batch");
}

const Message& next_message(Kind& kind, std::uint64_t time) {
  Message& m = kind.last;
  m.timestamp = std::chrono::nanoseconds(static_cast<std::int64_t>(time));
  const char* from = kind.at++;
  for (std::size_t byte = 0; byte < m.payload().size(); ++byte, from += kind.count)
    m.data[byte] ^= static_cast<std::uint8_t>(*from);
  return m;
}

/// Undoes the encoder's zigzag(). Times wrap, as there.
std::uint64_t step_of(std::uint64_t zigzag, std::uint64_t unit) {
  return (zigzag & 1 ? 0 - ((zigzag >> 1) + 1) : zigzag >> 1) * unit;
}

}  // namespace

BatchInfo info_of(std::span<const std::uint8_t> batch) { return checked_head(chars(batch)).info; }

std::vector<std::string_view> names_of(std::span<const std::uint8_t> batch) {
  const Head head = checked_head(chars(batch));
  Cursor body = body_of(chars(batch));
  return read_names(body, head.names);
}

BatchInfo decode(std::span<const std::uint8_t> batch, std::vector<Message>& out) {
  const Head head = checked_head(chars(batch));
  Cursor body = body_of(chars(batch));
  const std::vector<Channel> channels = channels_of(read_names(body, head.names));
  Buffer memory;
  Cursor columns(inflated(body.rest(), head, memory));
  std::vector<Kind> kinds = read_kinds(columns, head.kinds, channels);
  const Planes numbers(columns, head.messages, head.index_size());
  const Planes steps(columns, head.messages, head.step_size);
  place_data(columns, numbers, head.messages, kinds);
  auto time = static_cast<std::uint64_t>(head.start);
  for (std::size_t i = 0; i < head.messages; ++i)
    out.push_back(next_message(kinds[numbers[i]], time += step_of(steps[i], head.unit)));
  return head.info;
}

}  // namespace can::canb
