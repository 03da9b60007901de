// SPDX-License-Identifier: MIT
// Any format to any other and back: what both say they keep comes back, whatever else is in the
// log. A new line in formats.def is tested here with no new code.

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>

#include "formats/registry/registry.h"
#include "tests/sample.h"

using namespace can;
using std::chrono::nanoseconds;

namespace {

const LogOptions kOptions{.zone = {.local = false}, .threads = 1};

/// Messages of every kind, sent and received.
std::vector<Message> all_kinds() {
  std::vector<Message> messages = sample(keeps_all());
  for (std::size_t i = 0; i < messages.size(); i += 3) messages[i].transmitted = !messages[i].error;
  return messages;
}

std::vector<Message> passed_through(const Format& format, std::span<const Message> messages) {
  std::string bytes;
  auto writer = format.create(memory_sink(bytes), kOptions);
  writer->write(messages);
  writer->close();
  std::vector<Message> out(messages.size() + 1);
  std::size_t count = 0;
  auto reader = format.open(memory_source(std::move(bytes)), kOptions);
  while (const std::size_t n = reader->read(std::span(out).subspan(count))) count += n;
  out.resize(count);
  return out;
}

Keeps common(const Keeps& a, const Keeps& b) {
  return {.fd = a.fd && b.fd,
          .error = a.error && b.error,
          .error_detail = a.error_detail && b.error_detail,
          .remote = a.remote && b.remote,
          .direction = a.direction && b.direction,
          .raw_dlc = a.raw_dlc && b.raw_dlc,
          .channel = std::min(a.channel, b.channel),
          .step = std::max(a.step, b.step)};  // all are powers of ten
}

/// What is left of a message; nothing where it is of a kind that isn't kept.
std::optional<Message> kept(Message m, const Keeps& keeps) {
  if ((m.fd && !keeps.fd) || (m.remote && !keeps.remote) || (m.error && !keeps.error)) return {};
  m.transmitted = m.transmitted && keeps.direction;
  if (!keeps.raw_dlc) m.raw_dlc = 0;
  if (m.error && !keeps.error_detail)
    m = {.timestamp = m.timestamp, .channel = m.channel, .error = true};
  return m;
}

/// `got` with `want`'s values where it differs only in what `keeps` leaves open.
Message without_open(Message got, const Message& want, const Keeps& keeps) {
  const bool same_number = got.channel.number() == want.channel.number();
  if (keeps.channel == KeepsChannel::no || (keeps.channel == KeepsChannel::number && same_number))
    got.channel = want.channel;
  got.timestamp = want.timestamp;  // by which it was found
  if (want.error && !keeps.error_detail) return kept(got, keeps).value_or(got);
  return got;
}

/// The message with this time rounded down. The sample's are 1.2 ms apart.
const Message* find(std::span<const Message> messages, nanoseconds time, nanoseconds step) {
  const auto found = std::ranges::find_if(
      messages, [&](const Message& m) { return m.timestamp == time - time % step; });
  return found == messages.end() ? nullptr : &*found;
}

/// `there` is `messages` as the first format gives them back.
void check_pair(const Format& first, const Format& middle, std::span<const Message> messages,
                std::span<const Message> there) {
  const Keeps keeps = common(first.keeps, middle.keeps);
  const auto back = passed_through(first, passed_through(middle, there));
  CHECK(back.size() <= messages.size());
  for (const Message& sent : messages) {
    const auto want = kept(sent, keeps);
    if (!want) continue;
    CAPTURE(want->timestamp.count(), want->id, int{want->length}, want->fd, want->error);
    const Message* found = find(back, want->timestamp, keeps.step);
    REQUIRE(found);
    const Message got = without_open(*found, *want, keeps);
    CAPTURE(got.channel.name(), want->channel.name(), got.id, int{got.length});
    CHECK(got == *want);
  }
}

}  // namespace

TEST_CASE("any format to any other and back keeps what both keep") {
  const auto messages = all_kinds();
  for (const Format* first : all_formats()) {
    if (!first->open || !first->create) continue;
    const auto there = passed_through(*first, messages);
    for (const Format* middle : all_formats()) {
      if (!middle->open || !middle->create) continue;
      CAPTURE(first->name, middle->name);
      check_pair(*first, *middle, messages, there);
    }
  }
}
