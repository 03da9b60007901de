// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "libcan/model/frame_bits.h"
#include "libcan/remote/big_endian.h"
#include "libcan/remote/protocol.h"
#include "libcan/remote/wire.h"

namespace can::remote {
namespace {

using std::chrono::nanoseconds;

/// Seconds as in versions 4 and 5. Rounds once: a double has a resolution of 0.2 us today.
double to_seconds(nanoseconds time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t whole = time.count() / kSecond, rest = time.count() % kSecond;
  return static_cast<double>(whole) + static_cast<double>(rest) / 1e9;
}

/// The first 8 data bytes; 0 beyond the payload.
std::uint64_t eight_bytes(const Message& message) {
  const std::size_t size = std::min<std::size_t>(message.payload().size(), 8);
  std::uint64_t bytes = load<std::uint64_t>(message.data.data());
  return size == 0 ? 0 : bytes & (~std::uint64_t{0} << (64 - 8 * size));
}

void write_message(const Message& message, std::uint8_t* out) {
  out[0] = static_cast<std::uint8_t>(EventId::message);
  store(out + 1, std::bit_cast<std::uint64_t>(to_seconds(message.timestamp)));
  store(out + 9, message.id);
  out[13] = message.length;
  out[14] = message_flags(message) & kClassicFlags;
  store(out + 15, eight_bytes(message));
}

std::size_t write_frame(const Message& message, std::uint8_t channel, std::uint8_t* out) {
  out[0] = static_cast<std::uint8_t>(EventId::frame);
  store(out + 1, static_cast<std::uint64_t>(message.timestamp.count()));
  store(out + 9, message.id);
  out[13] = message_flags(message);
  out[14] = dlc_of(message);
  out[15] = channel;
  const auto payload = message.payload();
  std::memcpy(out + kFrameHead, payload.data(), payload.size());
  // A length without a code of its own is rounded up to the next code, with bytes of 0.
  const std::size_t length = message.remote ? 0 : message.fd ? length_of(out[14]) : payload.size();
  std::memset(out + kFrameHead + payload.size(), 0, length - payload.size());
  return kFrameHead + length;
}

/// `text` cut to the limit of an event, at a character boundary of UTF-8.
std::string_view cut_text(std::string_view text) {
  if (text.size() <= kLongestText) return text;
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

template <class Number>
void append(std::vector<std::uint8_t>& bytes, Number number) {
  std::uint8_t field[sizeof number];
  store(field, number);
  bytes.insert(bytes.end(), field, field + sizeof number);
}

void append_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
  text = cut_text(text);
  bytes.push_back(static_cast<std::uint8_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

void append_filter(std::vector<std::uint8_t>& bytes, Version version, const Filter& filter) {
  const bool in_top_bits = version == Version::v5 && filter.extended.has_value();
  append(bytes, filter.id | (in_top_bits && *filter.extended ? kTopBit : 0));
  append(bytes,
         (filter.mask & ~(version == Version::v5 ? kTopBit : 0)) | (in_top_bits ? kTopBit : 0));
  if (version == Version::own)
    append(bytes, static_cast<std::uint8_t>((filter.extended ? kOneKind : 0) |
                                            (filter.extended.value_or(false) ? kExtendedKind : 0) |
                                            (filter.inverted ? kInverted : 0)));
}

}  // namespace

std::size_t encode_message(Version version, const Message& message, std::uint8_t channel,
                           std::span<std::uint8_t, kLongestFrame> out) {
  if (version == Version::own) return write_frame(message, channel, out.data());
  write_message(message, out.data());
  return kMessageSize;
}

std::size_t encode_messages(Version version, std::span<const Message> messages,
                            std::uint8_t channel, std::span<std::uint8_t> out) {
  std::uint8_t* at = out.data();
  if (version == Version::own)
    for (const Message& message : messages) at += write_frame(message, channel, at);
  else
    for (const Message& message : messages)
      write_message(message, std::exchange(at, at + kMessageSize));
  return static_cast<std::size_t>(at - out.data());
}

void Encoder::bus_request(Version version, std::int32_t bitrate) {
  plain(EventId::bus_request);
  append(bytes_, static_cast<std::uint8_t>(version));
  append(bytes_, static_cast<std::uint32_t>(bitrate));
}

void Encoder::text(EventId id, std::string_view text) {
  plain(id);
  append_text(bytes_, text);
}

void Encoder::filters(Version version, std::span<const Filter> filters) {
  filters = filters.first(std::min(filters.size(), kMaxFilters));
  plain(version == Version::own ? EventId::session_filters : EventId::filters);
  append(bytes_, static_cast<std::uint8_t>(filters.size()));
  for (const Filter& filter : filters) append_filter(bytes_, version, filter);
}

void Encoder::session_request(const SessionRequest& request) {
  plain(EventId::session_request);
  append(bytes_,
         static_cast<std::uint8_t>(
             (request.receive_own ? kReceiveOwn : 0) | (request.wants_success ? kWantsSuccess : 0) |
             (request.fd_on ? kFdOn : 0) | (request.fd_off ? kFdOff : 0) |
             (request.wants_notices ? kWantsNotes : 0) | (request.knows_busy ? kKnowsBusy : 0)));
  append(bytes_, request.data_bitrate);
  append_text(bytes_, request.token);
}

void Encoder::session_info(bool read_only) {
  plain(EventId::session_info);
  append(bytes_, static_cast<std::uint8_t>(read_only ? 1 : 0));
}

void Encoder::channel_name(std::uint8_t number, std::string_view name) {
  plain(EventId::channel_name);
  append(bytes_, number);
  append_text(bytes_, name);
}

void Encoder::number(EventId id, std::uint64_t number) {
  plain(id);
  append(bytes_, number);
}

void Encoder::plain(EventId id) { bytes_.push_back(static_cast<std::uint8_t>(id)); }

bool fits(Version version, std::span<const Filter> filters) {
  return filters.size() <= kMaxFilters &&
         std::ranges::all_of(filters, [version](const Filter& filter) {
           if (filter.remote) return false;
           if (version == Version::own) return true;
           return !filter.inverted && (version == Version::v5 || !filter.extended);
         });
}

}  // namespace can::remote
