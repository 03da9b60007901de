// SPDX-License-Identifier: MIT
#include "libcan/canb/canb.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <random>

#include "cansuite/error.h"
#include "cansuite/frame.h"
#include "libcan/model/bytes.h"
#include "libcan/platform/deflate.h"
#include "tests/sample.h"

using namespace can;
using canb::BatchInfo;
using std::chrono::nanoseconds;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view batch) {
  return {reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()};
}

std::string encoded(std::span<const Message> messages, const BatchInfo& info = {}) {
  canb::Encoder encoder;
  REQUIRE(encoder.add(messages) == messages.size());
  return encoder.take(info);
}

std::vector<Message> decoded(std::string_view batch) {
  std::vector<Message> messages;
  canb::decode(bytes_of(batch), messages);
  return messages;
}

void check_round_trip(std::span<const Message> messages) {
  const std::string batch = encoded(messages);
  CHECK(batch.size() <= canb::kMaxBatchSize);
  CHECK(canb::size_of(bytes_of(batch)) == batch.size());
  const std::vector<Message> got = decoded(batch);
  REQUIRE(got.size() == messages.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i, got[i].timestamp.count(), messages[i].timestamp.count(), got[i].id, messages[i].id);
    CHECK(got[i] == messages[i]);
  }
}

void check_refused(std::string_view batch) {
  std::vector<Message> out(3);
  try {
    canb::decode(bytes_of(batch), out);
    FAIL("a damaged batch was read");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::corrupt);
  }
  CHECK(out.size() == 3);
}

/// The batch with the checksum that its bytes have.
std::string summed(std::string batch) {
  const std::size_t body = batch.size() - 4;
  put(batch.data() + body, crc32(0, std::span(batch).first(body)));
  return batch;
}

/// Any valid message, some of them alike.
Message any_message(std::mt19937_64& random) {
  const auto some = [&](std::uint64_t limit) { return random() % limit; };
  Message m = frame(static_cast<std::uint32_t>(some(20)));
  m.extended = some(4) == 0;
  m.fd = some(4) == 0;
  m.remote = !m.fd && some(8) == 0;
  m.error = !m.remote && some(8) == 0;
  m.brs = m.fd && some(2) == 0;
  m.esi = m.fd && some(9) == 0;
  m.transmitted = some(3) == 0;
  if (m.extended) m.id = static_cast<std::uint32_t>(some(kExtendedIdMask + std::uint64_t{1}));
  set_dlc(m, static_cast<std::uint8_t>(some(16)));
  for (std::size_t i = 0; i < m.payload().size(); ++i)
    m.data[i] = static_cast<std::uint8_t>(random());
  const std::uint64_t channel = some(4);
  if (channel > 0) m.channel = Channel("bus " + std::to_string(channel));
  m.timestamp = nanoseconds(static_cast<std::int64_t>(random()) >> some(64));
  return m;
}

}  // namespace

TEST_CASE("a canb batch keeps every field of every kind of frame") {
  check_round_trip(sample(keeps_all()));
  check_round_trip({});
}

TEST_CASE("a canb batch keeps any times and any order") {
  std::vector<Message> messages;
  for (const std::int64_t time :
       {std::int64_t{5}, std::int64_t{-3}, std::int64_t{-3},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
        std::int64_t{0}, std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}}) {
    messages.push_back(frame(0x123, {1}));
    messages.back().timestamp = nanoseconds(time);
    check_round_trip(messages);
  }
}

TEST_CASE("a canb batch keeps what is random") {
  std::mt19937_64 random(GENERATE(1u, 2u, 3u, 4u, 5u));
  std::vector<Message> messages(600);
  for (Message& each : messages) each = any_message(random);
  check_round_trip(messages);
}

TEST_CASE("a canb batch keeps the names of its channels") {
  std::vector<Message> messages;
  for (const std::string& name : {std::string("can0"), std::string("car 17/äöü"), std::string(),
                                  std::string(64, 'x'), std::string("can0"), std::string("1")}) {
    messages.push_back(frame(1));
    messages.back().channel = Channel(name);
  }
  check_round_trip(messages);
}

TEST_CASE("a canb batch tells what it is and what is missing before it") {
  const BatchInfo info{
      .run = UINT64_MAX, .number = 3, .first_frame = 1ull << 60, .dropped = 5, .dropped_here = 7};
  const std::vector<Message> messages{frame(1), frame(2)};
  const std::string batch = encoded(messages, info);
  CHECK(canb::info_of(bytes_of(batch)) == info);
  std::vector<Message> out{frame(9)};
  CHECK(canb::decode(bytes_of(batch), out) == info);
  CHECK(out.size() == 3);
}

TEST_CASE("a canb encoder is full at 2,000 messages, and empty again once they are taken") {
  canb::Encoder encoder;
  const std::vector<Message> messages(2001, frame(1, {1, 2, 3, 4, 5, 6, 7, 8}));
  CHECK(encoder.add(std::span(messages).first(1999)) == 1999);
  CHECK_FALSE(encoder.full());
  CHECK(encoder.add(messages) == 1);
  CHECK(encoder.full());
  CHECK(encoder.add(messages) == 0);
  CHECK(encoder.frames() == 2000);
  CHECK(decoded(encoder.take({})).size() == 2000);
  CHECK(encoder.frames() == 0);
  CHECK(encoder.add(messages) == 2000);
}

TEST_CASE("a canb encoder is full at 64 KiB, whatever the frames") {
  std::mt19937_64 random(1);
  canb::Encoder encoder(GENERATE(0, 5));
  std::vector<Message> messages;
  do {
    Message m =
        fd_frame(static_cast<std::uint32_t>(messages.size()), std::vector<std::uint8_t>(64));
    for (std::uint8_t& byte : m.data) byte = static_cast<std::uint8_t>(random());
    m.timestamp = nanoseconds(static_cast<std::int64_t>(random()));
    messages.push_back(m);
  } while (encoder.add({&messages.back(), 1}) == 1);
  messages.pop_back();
  CHECK(messages.size() == 799);
  const std::string batch = encoder.take({});
  CHECK(batch.size() <= canb::kMaxBatchSize);
  CHECK(decoded(batch) == messages);
}

TEST_CASE("a canb encoder is full at 255 channels") {
  canb::Encoder encoder;
  std::vector<Message> messages(300, frame(1));
  for (std::size_t i = 0; i < messages.size(); ++i)
    messages[i].channel = Channel(std::string(50, 'n') + std::to_string(i));
  REQUIRE(encoder.add(messages) == 255);
  const std::string batch = encoder.take({});
  CHECK(batch.size() <= canb::kMaxBatchSize);
  messages.resize(255);
  CHECK(decoded(batch) == messages);
  CHECK(encoder.add(messages) == 255);
}

TEST_CASE("a canb batch is stored where compression saves nothing") {
  const std::vector<Message> one{frame(1, {0x5A})};
  CHECK(encoded(one)[5] == 0);
  const std::vector<Message> many(100, frame(1, {1, 2, 3, 4}));
  const std::string packed = encoded(many);
  CHECK(packed[5] == 1);
  canb::Encoder plain(0);
  plain.add(many);
  const std::string stored = plain.take({});
  CHECK(stored[5] == 0);
  CHECK(stored.size() > packed.size());
  CHECK(decoded(stored) == many);
}

TEST_CASE("a canb batch that is cut or changed anywhere is refused") {
  const std::string batch = encoded(sample(keeps_all()));
  for (std::size_t at = 0; at < batch.size(); ++at) {
    CAPTURE(at);
    check_refused(std::string_view(batch).substr(0, at));
    std::string changed = batch;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    check_refused(changed);
    CHECK_THROWS_AS(canb::info_of(bytes_of(changed)), Error);
  }
  check_refused(batch + '\0');
}

TEST_CASE("the size of a canb batch is known from 12 bytes") {
  const std::string batch = encoded(sample(keeps_all()));
  for (std::size_t size = 0; size <= batch.size(); ++size)
    CHECK(canb::size_of(bytes_of(std::string_view(batch).substr(0, size))) ==
          (size < 12 ? 0 : batch.size()));
  CHECK_THROWS_WITH(canb::size_of(bytes_of("cant")), Catch::Contains("got 'cant'"));
  CHECK_THROWS_WITH(canb::size_of(bytes_of("canb\2")), Catch::Contains("2 as its version"));
  for (const std::uint32_t size : {0u, 75u, 81'921u, UINT32_MAX}) {
    std::string hostile = batch;
    put(hostile.data() + 8, size);
    CHECK_THROWS_AS(canb::size_of(bytes_of(hostile)), Error);
  }
}

TEST_CASE("the start of a canb batch is found among other bytes") {
  const auto found = [](std::string_view text) { return canb::find_start(bytes_of(text)); };
  CHECK(found("") == 0);
  CHECK(found("xyz") == 3);
  CHECK(found("canb\1") == 0);
  CHECK(found("cancanb\2canb\1") == 8);
  CHECK(found("candles, can") == 9);
}

TEST_CASE("a hostile canb batch with a right checksum is refused or gives valid messages") {
  std::vector<Message> messages = sample(keeps_all());
  canb::Encoder stored(0), packed;
  stored.add(messages);
  packed.add(messages);
  const std::string batch = GENERATE_REF(stored.take({}), packed.take({}));
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string hostile = batch;
    for (auto changes = 1 + random() % 3; changes > 0; --changes)
      hostile[random() % (i % 2 ? 90 : hostile.size())] = static_cast<char>(random());
    std::vector<Message> out;
    try {
      canb::decode(bytes_of(summed(hostile)), out);
    } catch (const Error& error) {
      REQUIRE(error.code() == Errc::corrupt);
    }
    for (const Message& each : out) REQUIRE(why_invalid(each) == nullptr);
  }
}

TEST_CASE("a canb batch can't inflate beyond its limit") {
  std::string batch = encoded(std::vector<Message>(2000, frame(1)));
  put(batch.data() + 12, std::uint32_t{1 << 30});
  check_refused(summed(batch));
  put(batch.data() + 12, std::uint32_t{10});
  check_refused(summed(batch));
}
