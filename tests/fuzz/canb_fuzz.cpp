// SPDX-License-Identifier: MIT
// Any bytes as a batch with the right size and checksum: only Errc::corrupt may come out, or valid
// messages, which can be encoded and decoded again.

#include <algorithm>
#include <cstdlib>

#include "cansuite/error.h"
#include "libcan/canb/canb.h"
#include "libcan/model/bytes.h"
#include "libcan/platform/deflate.h"

using namespace can;

namespace {

constexpr std::size_t kSizeAt = 8, kSumSize = 4;

void make_right(std::string& batch) {
  if (batch.size() < kSizeAt + 2 * kSumSize) return;
  put(batch.data() + kSizeAt, static_cast<std::uint32_t>(batch.size()));
  const std::size_t body = batch.size() - kSumSize;
  put(batch.data() + body, crc32(0, std::span(batch).first(body)));
}

std::vector<Message> decoded(const std::string& batch) {
  std::vector<Message> messages;
  canb::decode({reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()}, messages);
  return messages;
}

std::vector<Message> through(std::span<const Message> left) {
  std::vector<Message> all;
  for (canb::Encoder encoder(1); !left.empty();) {
    left = left.subspan(encoder.add(left));
    const std::vector<Message> some = decoded(encoder.take({}));
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) try {
  std::string batch(reinterpret_cast<const char*>(data), size);
  make_right(batch);
  const std::vector<Message> messages = decoded(batch);
  for (const Message& each : messages)
    if (why_invalid(each) != nullptr) std::abort();
  if (through(messages) != messages) std::abort();
  return 0;
} catch (const Error& error) {
  if (error.code() != Errc::corrupt) std::abort();
  return 0;
}
