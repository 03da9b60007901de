// SPDX-License-Identifier: MIT
#include "libcan/flow/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <thread>

#include "libcan/model/quantity.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kCheckForEnd = 50ms;
constexpr auto kMarkLosses = 1s;    // minimum period of marks in the log
constexpr auto kLastMessages = 2s;  // maximum wait for a bus after the stop

std::string clock_text(nanoseconds step, bool even_times) {
  return fmt::format("the clock was set {} by {:.3f} s{}", step > 0ns ? "forward" : "back",
                     std::chrono::duration<double>(std::chrono::abs(step)).count(),
                     even_times ? "; the times of the log go on evenly" : "");
}

}  // namespace

Recording::Recording(Bus& bus, LogWriter& log, const Options& options, Timekeeper& time,
                     RecordingListener& listener)
    : bus_(bus),
      log_(log),
      options_(options),
      time_(time),
      listener_(listener),
      start_(time.now()),
      flushing_(options.flush_every, start_),
      marking_(kMarkLosses, start_),
      second_(1s, start_),
      recorder_(bus, options.worth_waking, options.buffer, options.even_times,
                ClockWatch(options.clocks)) {}

void Recording::run() try {
  record();
  settle();
} catch (const Error&) {
  settle();
  throw;
}

void Recording::record() {
  try {
    while (step()) continue;
  } catch (const Error& error) {
    if (error.code() != Errc::closed) close_after(error);
    throw;
  }
  close();
}

bool Recording::step() {
  if (complete() && !stalled()) return false;
  const std::size_t count = take_messages();
  const auto now = time_.now();
  if (count > 0 || stalled()) heard_ = now;
  pass_on_notices();
  if (marking_.due(now)) mark_losses();
  flush_if_due(now);
  report_storage();
  if (second_.due(now)) listener_.on_second(*this);
  listener_.on_round(*this);
  stop_if_due(now);
  return count > 0 || now < end_;
}

std::size_t Recording::take_messages() {
  report_clock_steps();
  if (!stalled()) {
    mark_clock_steps();
    const std::uint64_t limit = std::min(options_.count - written_, until_clock_step());
    return recorder_.receive(kCheckForEnd, limit, [this](auto batch) { write(batch); });
  }
  std::this_thread::sleep_for(kCheckForEnd);
  return 0;
}

void Recording::write(std::span<const Message> batch) {
  log_.write(batch);
  listener_.on_written(batch);
  written_ += batch.size();
  before_flush_ -= std::min(before_flush_, batch.size());
  unflushed_ = true;
}

bool Recording::end_due(Timekeeper::Clock::time_point now) const {
  return time_.end_wanted() || complete() || now - start_ >= options_.duration ||
         now - heard_ >= options_.silence;
}

void Recording::stop_if_due(Timekeeper::Clock::time_point now) {
  if (end_ != end_.max() || !end_due(now)) return;
  end_ = now + kLastMessages;
  recorder_.stop();
}

/// Reports all notices before writing the first to the log, which may fail.
void Recording::pass_on_notices() {
  const std::vector<std::string> notices = bus_.drain_notices();
  for (const std::string& text : notices) listener_.on_notice(text);
  for (const std::string& text : notices) remark(text);
}

void Recording::report_clock_steps() {
  for (const Recorder::ClockStep& step : recorder_.drain_clock_steps()) {
    listener_.on_notice(clock_text(step.by, options_.even_times));
    clock_steps_.push_back(step);
  }
}

/// Where the clock was set: between the messages received before and after it.
void Recording::mark_clock_steps() {
  for (; until_clock_step() == 0; clock_steps_.pop_front())
    remark(clock_text(clock_steps_.front().by, options_.even_times));
}

std::uint64_t Recording::until_clock_step() const {
  if (clock_steps_.empty()) return UINT64_MAX;
  return clock_steps_.front().behind - std::min(clock_steps_.front().behind, written_);
}

void Recording::remark(const std::string& text) {
  if (!options_.remarks) return;
  log_.event(text);
  unflushed_ = true;
}

/// Messages that the bus dropped or that were in a log that is gone.
std::uint64_t Recording::losses() const {
  return bus_.counters().dropped + (options_.storage ? options_.storage->removed() : 0);
}

void Recording::mark_losses() {
  if (stalled()) return;  // the mark waits, too
  const std::uint64_t lost = losses();
  if (lost > marked_)
    remark(fmt::format("{}: {} lost before here", bus_.name(), counted(lost - marked_, "message")));
  marked_ = lost;
}

/// The counts, where they differ. A log that can't be completed loses the mark with its end.
void Recording::mark_end() {
  const std::uint64_t lost = losses(), total = written_ + bus_.counters().dropped;
  if (lost == 0 || stalled()) return;
  remark(fmt::format("{}: the end: {} received, {} written, {} lost", bus_.name(), grouped(total),
                     grouped(total - lost), grouped(lost)));
}

/// On a slow disk, where each flush takes long, all that waits is written first: else each batch
/// would wait for a flush of its own.
void Recording::flush_if_due(Timekeeper::Clock::time_point now) {
  if (!flush_due_) {
    if (!unflushed_ || !flushing_.due(now)) return;
    flush_due_ = true;
    before_flush_ = recorder_.waiting();
  }
  if (before_flush_ == 0 || stalled()) flush();
}

void Recording::flush() {
  log_.flush();
  flush_due_ = false;
  unflushed_ = stalled();  // to be tried again
}

void Recording::report_storage() {
  if (!options_.storage) return;
  for (const std::string& text : options_.storage->drain_notices()) listener_.on_notice(text);
  if (stalled() == stall_told_) return;
  stall_told_ = stalled();
  unflushed_ |= stall_told_;
  listener_.on_notice(stall_told_ ? options_.storage->trouble() + "; messages wait in memory"
                                  : std::string("the disk takes messages again"));
}

/// Corrects the counts at the end of the recording: messages that are in no file are not written.
void Recording::settle() {
  report_storage();
  const std::uint64_t in_files = kept();
  unwritten_ += written_ - in_files;
  written_ = in_files;
}

/// Of the messages written, those that the log still has.
std::uint64_t Recording::kept() const {
  if (options_.storage) return options_.storage->saved() - options_.storage->removed();
  return written_ - (options_.lost_by_log ? std::min(written_, options_.lost_by_log()) : 0);
}

/// Counts the messages received after the failure of the log, which are lost.
void Recording::count_unwritten() try {
  recorder_.stop();
  const auto end = time_.now() + kLastMessages;
  const auto count = [this](std::span<const Message> batch) { unwritten_ += batch.size(); };
  while (!recorder_.ended())
    if (recorder_.receive(kCheckForEnd, SIZE_MAX, count) == 0 && time_.now() >= end) return;
} catch (const Error& error) {
  listener_.on_failure(error);
}

void Recording::close() {
  pass_on_notices();
  report_clock_steps();
  if (!stalled()) mark_clock_steps();
  mark_losses();
  mark_end();
  if (stalled() && written_ < options_.count) count_unwritten();
  log_.close();
}

void Recording::close_after(const Error& first) {
  count_unwritten();
  try {
    close();
  } catch (const Error& second) {
    if (std::string_view(second.what()) != first.what()) listener_.on_failure(second);
  }
}

}  // namespace can
