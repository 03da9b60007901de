// SPDX-License-Identifier: MIT
#include "libcan/canb/layout.h"

#include <algorithm>

#include "libcan/model/bytes.h"
#include "libcan/model/fail.h"

namespace can::canb {
namespace {

constexpr std::size_t kSizeAt = 8, kStart = 12;  // size_of() needs kStart bytes

void check(bool sound, std::string_view what, std::uint64_t got) {
  if (!sound) fail(Errc::corrupt, "a batch with {} {}", got, what);
}

void check_start(std::string_view bytes) {
  if (!bytes.starts_with(kMagic))
    fail_expected("a batch that starts with 'canb'", bytes.substr(0, kMagic.size()));
  check(bytes[4] == kVersion, "as its version", static_cast<std::uint8_t>(bytes[4]));
}

std::size_t size_at(const char* at) {
  const std::size_t size = get<std::uint32_t>(at + kSizeAt);
  check(size >= kHeadSize + kSumSize && size <= kMaxBatchSize, "bytes", size);
  return size;
}

void check_limits(const Head& head) {
  check(head.codec <= Codec::zlib, "as its codec", static_cast<std::uint8_t>(head.codec));
  check(head.step_size <= 8, "bytes a time step", head.step_size);
  check(head.columns <= kMaxColumns, "bytes of columns", head.columns);
  check(head.messages <= kMaxFrames, "messages", head.messages);
  check(head.kinds <= head.messages, "kinds of messages", head.kinds);
  check(head.unit > 0 && head.unit <= kLongestUnit, "ns as the unit of time", head.unit);
}

BatchInfo get_info(const char* at) {
  return {.run = get<std::uint64_t>(at),
          .number = get<std::uint64_t>(at + 8),
          .first_frame = get<std::uint64_t>(at + 16),
          .dropped = get<std::uint64_t>(at + 24),
          .dropped_here = get<std::uint64_t>(at + 32)};
}

}  // namespace

void put_head(char* at, const Head& head) {
  at = std::copy(kMagic.begin(), kMagic.end(), at);
  at = put(at, kVersion);
  at = put(at, head.codec);
  at = put(at, static_cast<std::uint8_t>(head.names));
  at = put(at, static_cast<std::uint8_t>(head.step_size));
  at = put(at, static_cast<std::uint32_t>(head.size));
  at = put(at, static_cast<std::uint32_t>(head.columns));
  at = put(at, static_cast<std::uint16_t>(head.messages));
  at = put(at, static_cast<std::uint16_t>(head.kinds));
  at = put(at, head.unit);
  at = put(at, head.start);
  for (const std::uint64_t each : {head.info.run, head.info.number, head.info.first_frame,
                                   head.info.dropped, head.info.dropped_here})
    at = put(at, each);
}

Head get_head(const char* at) {
  check_start({at, kStart});
  const Head head{.codec = get<Codec>(at + 5),
                  .names = get<std::uint8_t>(at + 6),
                  .step_size = get<std::uint8_t>(at + 7),
                  .size = size_at(at),
                  .columns = get<std::uint32_t>(at + 12),
                  .messages = get<std::uint16_t>(at + 16),
                  .kinds = get<std::uint16_t>(at + 18),
                  .unit = get<std::uint32_t>(at + 20),
                  .start = get<std::int64_t>(at + 24),
                  .info = get_info(at + 32)};
  check_limits(head);
  return head;
}

bool is_start(std::string_view bytes) {
  const std::size_t both = std::min(bytes.size(), kMagic.size());
  return bytes.substr(0, both) == kMagic.substr(0, both) &&
         (bytes.size() <= kMagic.size() || bytes[kMagic.size()] == kVersion);
}

std::size_t size_of(std::span<const std::uint8_t> head) {
  const auto* at = reinterpret_cast<const char*>(head.data());
  if (head.size() < kStart && is_start({at, head.size()})) return 0;
  check_start({at, head.size()});
  return size_at(at);
}

std::size_t find_start(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t at = 0;
  while ((at = std::min(text.find(kMagic.front(), at), text.size())) < text.size() &&
         !is_start(text.substr(at)))
    ++at;
  return at;
}

}  // namespace can::canb
