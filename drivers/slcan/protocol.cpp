// SPDX-License-Identifier: MIT
// Messages, their answers and the state of an adapter that is open.
#include "drivers/slcan/protocol.h"

#include <algorithm>
#include <utility>

namespace can::slcan {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kAnswer = 900ms;  // less than a sender waits for room

}  // namespace

Unanswered::Entry& Unanswered::add(std::size_t bytes) {
  Entry& entry = entries_[(first_ + count_++) % kCapacity];
  entry.deadline = SerialProtocol::Clock::now() + kAnswer;
  entry.is_status = false;
  entry.bytes = bytes;
  bytes_ += bytes;
  return entry;
}

void Unanswered::pop() {
  bytes_ -= front().bytes;
  first_ = (first_ + 1) % kCapacity;
  --count_;
}

std::size_t Protocol::decode(std::span<const std::uint8_t> bytes, nanoseconds arrival,
                             Decoded& out) {
  std::size_t used = 0;
  while (const auto line = next_line(bytes.subspan(used))) {
    used += line->size;
    if (!std::exchange(skipping_, false)) take(*line, arrival, out);
  }
  if (bytes.size() - used <= kLongestLine) return used;
  if (!std::exchange(skipping_, true)) ++out.malformed;
  return bytes.size();
}

void Protocol::take(const Line& line, nanoseconds arrival, Decoded& out) {
  const std::string_view text = line.text;
  if (!line.refusal && !text.empty() && text != "z" && text != "Z")
    return take_text(text, arrival, out);
  if (line.refusal && !text.empty()) ++out.malformed;
  if (unanswered_.empty()) return;
  // Some adapter's "z" that came twice is not the status.
  if (!line.refusal && !text.empty() && unanswered_.front().is_status) return;
  line.refusal ? refuse(out) : confirm(arrival, out);
}

void Protocol::take_text(std::string_view text, nanoseconds arrival, Decoded& out) {
  out.messages.emplace_back();
  std::optional<std::uint16_t> milliseconds;
  if (decode_frame(text, out.messages.back(), milliseconds)) {
    out.messages.back().timestamp =
        has_clock_ && milliseconds
            ? clock_.time_of(std::chrono::milliseconds(*milliseconds), arrival)
            : arrival;
    return;
  }
  out.messages.pop_back();
  if (const auto status = decode_status(text)) return take_status(*status, arrival, out);
  if (const auto error = decode_error(text)) return take_error(*error, arrival, out);
  const bool late = text[0] == 'V' || text[0] == 'v' || text[0] == 'N';  // an answer at opening
  if (!late) ++out.malformed;
}

/// The answers in front of one that was asked for are lost.
void Protocol::take_status(std::uint8_t flags, nanoseconds arrival, Decoded& out) {
  while (status_asked_) fail_first("the adapter didn't confirm it", out);
  if (const auto error = error_frame(status_, flags)) take_error(*error, arrival, out);
  status_ = flags;
}

void Protocol::take_error(Message error, nanoseconds arrival, Decoded& out) {
  error.timestamp = arrival;
  out.messages.push_back(error);
  const ControllerState before = state_.controller;
  learn(error, state_);
  if (state_.controller != before)
    out.notices.push_back(fmt::format("the controller is {}", name_of(state_.controller)));
}

void Protocol::confirm(nanoseconds arrival, Decoded& out) {
  const Unanswered::Entry& entry = unanswered_.front();
  if (entry.is_status) asks_status_ = status_asked_ = false;  // it has nothing to say
  if (!entry.is_status && config_.receive_own) {
    out.messages.push_back(entry.message);
    out.messages.back().timestamp = arrival;
    out.messages.back().transmitted = true;
  }
  unanswered_.pop();
}

void Protocol::refuse(Decoded& out) {
  if (!unanswered_.front().is_status) return fail_first("the adapter refused it (BELL)", out);
  asks_status_ = status_asked_ = false;
  unanswered_.pop();
}

void Protocol::fail_first(std::string_view reason, Decoded& out) {
  if (unanswered_.front().is_status) {
    status_asked_ = false;
  } else {
    ++out.unsent;
    out.reason = reason;
  }
  unanswered_.pop();
}

void Protocol::give_up_answers(Decoded& out) {
  if (unanswered_.front().is_status) {
    asks_status_ = false;
    out.notices.emplace_back("the adapter doesn't answer the request for its state any more");
  }
  while (!unanswered_.empty()) fail_first("the adapter didn't confirm it", out);
}

const char* Protocol::why_unsendable(const Message& message) const {
  if (config_.listen_only) return "the channel is listen-only";
  return message.error ? "a controller makes error frames by itself" : nullptr;
}

bool Protocol::encode(const Message& message, std::vector<std::uint8_t>& out) {
  char frame[kLongestFrame];
  char* const end = encode_frame(message, frame);
  out.insert(out.end(), &frame[0], end);
  if (!answers_) return true;
  Unanswered::Entry& entry = unanswered_.add(static_cast<std::size_t>(end - &frame[0]));
  if (config_.receive_own) entry.message = message;
  return false;
}

nanoseconds Protocol::do_due(nanoseconds, SerialLine& line, Decoded& out) {
  const auto now = Clock::now();
  if (!unanswered_.empty() && unanswered_.front().deadline <= now) give_up_answers(out);
  if (asks_status_ && !status_asked_ && now >= next_status_ && !unanswered_.full()) {
    constexpr std::string_view kAsk = "F\r";
    line.write(kAsk);
    unanswered_.add(kAsk.size()).is_status = status_asked_ = true;
    next_status_ = now + config_.status_every;
  }
  nanoseconds next = asks_status_ ? nanoseconds(next_status_ - now) : nanoseconds(1h);
  if (!unanswered_.empty()) next = std::min<nanoseconds>(next, unanswered_.front().deadline - now);
  return std::max<nanoseconds>(next, 1ms);
}

}  // namespace can::slcan
