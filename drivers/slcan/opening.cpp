// SPDX-License-Identifier: MIT
// How an adapter is found, opened and closed.
#include <algorithm>

#include "drivers/slcan/protocol.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"

namespace can::slcan {
namespace {

using namespace std::chrono_literals;
using Kind = Answer::Kind;

constexpr auto kAnswer = 900ms;  // how long an adapter may take for a command
constexpr auto kFirstAnswer = 500ms;
constexpr int kAttempts = 5;   // boards that start anew when they are opened take two seconds
constexpr auto kLate = 200ms;  // between two answers
constexpr auto kClosing = 200ms;

}  // namespace

void Protocol::open(SerialLine& line, Decoded& out) {
  start_anew(out);
  Dialogue dialogue(line);
  find_adapter(dialogue);
  set_up(dialogue, out);
  next_status_ = Clock::now();
  asks_status_ = answers_ && config_.status_every.count() > 0;
}

/// Of an earlier connection nothing is left.
void Protocol::start_anew(Decoded& out) {
  while (!unanswered_.empty()) fail_first("the device was lost before it answered", out);
  version_.clear();
  serial_number_.clear();
  clock_ = DeviceClock(1min);
  skipping_ = false;
  status_ = 0;
  state_ = {.controller = ControllerState::error_active,
            .bitrate = config_.bitrate,
            .data_bitrate = config_.data_bitrate};
}

/// Closes the channel, in which state ever it is, and finds out whether commands are answered.
void Protocol::find_adapter(Dialogue& dialogue) {
  answers_ = config_.answers != Answers::no;
  if (!answers_) {
    dialogue.say("");
    dialogue.say("C");
    return;
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!look_for_answers(dialogue)) continue;
    while (attempt > 0 && dialogue.next(Deadline(kLate)).kind != Kind::none) continue;
    return read_serial_number(dialogue);
  }
  if (dialogue.has_noise())
    fail(Errc::io, "what the adapter sends is no slcan; is the baud rate right?");
  fail(Errc::io,
       "the adapter doesn't answer; is it an slcan adapter, and the baud rate right? \"-o "
       "answers=no\" opens it without answers");
}

/// Every adapter answers V, if only with BELL. One that answers no other command, such as CANable
/// 2, gives its version alone.
bool Protocol::look_for_answers(Dialogue& dialogue) {
  dialogue.say("");
  dialogue.say("C");
  dialogue.say("V");
  Answer answer = dialogue.next(Deadline(kFirstAnswer));
  constexpr int kCommands = 3;
  int answered = 0;
  while (answer.kind == Kind::done || answer.kind == Kind::refused)
    answer = ++answered < kCommands ? dialogue.next(Deadline(kLate)) : Answer{};
  version_ = answer.text;
  if (version_.empty() && answered == 0) return false;
  if (config_.answers == Answers::find_out) answers_ = answered > 0;
  return true;
}

bool Protocol::is_lawicel() const {
  return version_.size() == 5 && version_[0] == 'V' &&
         std::all_of(version_.begin() + 1, version_.end(),
                     [](char c) { return hex_digit(c) >= 0; });
}

void Protocol::read_serial_number(Dialogue& dialogue) {
  if (!answers_ || !is_lawicel()) return;
  const Answer answer = dialogue.ask("N", kFirstAnswer);
  if (answer.kind == Kind::text && answer.text.starts_with('N'))
    serial_number_ = answer.text.substr(1);
}

void Protocol::set_up(Dialogue& dialogue, Decoded& out) {
  if (!config_.bitrate_command.empty())
    require(dialogue, config_.bitrate_command, "the bit rate of " + config_.bitrate_text);
  if (!config_.data_bitrate_command.empty())
    require(dialogue, config_.data_bitrate_command, "the data bit rate");
  has_clock_ = config_.device_timestamps && try_command(dialogue, "Z1");
  if (config_.device_timestamps && !has_clock_)
    out.notices.emplace_back("the adapter has no timestamps; times are those of this machine");
  set_acceptance(dialogue);
  const bool by_mode = config_.listen_only && !version_.empty() && !is_lawicel();  // CANable
  if (by_mode) require(dialogue, "M1", "to listen only");
  if (config_.listen_only && !by_mode)
    require(dialogue, "L", "to listen only");
  else
    require(dialogue, "O", "to open the channel");
}

/// Only where it's certain that M means acceptance: CANable's M1 is something else.
void Protocol::set_acceptance(Dialogue& dialogue) {
  const Acceptance wanted = acceptance_of(config_.filters);
  if (!answers_ || !is_lawicel() || wanted == acceptance_) return;
  const bool set = try_command(dialogue, fmt::format("M{:08X}", wanted.code)) &&
                   try_command(dialogue, fmt::format("m{:08X}", wanted.mask));
  if (set) acceptance_ = wanted;
}

bool Protocol::try_command(Dialogue& dialogue, std::string_view command) {
  if (answers_) return dialogue.ask(command, kAnswer).kind == Kind::done;
  dialogue.say(command);
  return true;
}

void Protocol::require(Dialogue& dialogue, const std::string& command, std::string_view purpose) {
  if (!answers_) return dialogue.say(command);
  const Answer answer = dialogue.ask(command, kAnswer);
  if (answer.kind == Kind::done) return;
  if (answer.kind == Kind::none) fail(Errc::io, "the adapter doesn't answer {}", quote(command));
  if (answer.kind == Kind::refused) fail(Errc::io, "the adapter refuses {} ({})", purpose, command);
  fail(Errc::io, "the adapter answers {} with {}", quote(command), quote(answer.text));
}

void Protocol::close(SerialLine& line) {
  Dialogue dialogue(line);
  dialogue.say("C");
  if (config_.listen_only && !is_lawicel()) dialogue.say("M0");
  const Deadline deadline(kClosing);
  for (std::size_t left = answers_ ? unanswered_.size() + 1 : 0; left > 0; --left)
    if (dialogue.next(deadline).kind == Kind::none) return;
}

bool Protocol::set_filters(std::span<const Filter> filters) {
  config_.filters.assign(filters.begin(), filters.end());
  return answers_ && is_lawicel() && !(acceptance_of(filters) == acceptance_);
}

std::string Protocol::details() const {
  std::string text;
  const auto add = [&text](std::string_view more) {
    if (!text.empty() && !more.empty()) text += ", ";
    text += more;
  };
  if (!version_.empty()) add(fmt::format("version {}", version_.substr(is_lawicel() ? 1 : 0)));
  add(serial_number_.empty() ? "" : "serial number " + serial_number_);
  add(config_.bitrate_text);
  add(config_.listen_only ? "listen-only" : "");
  add(name_of(state_.controller));
  add(answers_ ? "" : "commands are not answered");
  add(has_clock_ ? "the adapter's timestamps" : "");
  return text;
}

}  // namespace can::slcan
