// SPDX-License-Identifier: MIT
#include <utility>

#include "formats/mf4/events.h"
#include "formats/mf4/file_header.h"
#include "formats/mf4/frames.h"
#include "formats/mf4/mf4.h"
#include "formats/support/ordered_pool.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr unsigned kMaxThreads = 3;  // three threads decompress faster than one decodes

/// Frames of all groups by time. What is damaged is thrown at the end, so that the frames of the
/// other groups come first.
class Reader final : public LogReader {
 public:
  Reader(std::unique_ptr<RandomAccess> bytes, std::string name, const LogOptions& options)
      : blocks_(std::move(bytes), std::move(name)),
        header_(read_file_header(blocks_, options.zone)),
        frames_(blocks_, header_, thread_count(options.threads, kMaxThreads), problems_),
        on_event_(options.on_event) {
    if (on_event_) events_ = read_events(blocks_, header_, problems_);
    if (frames_.groups() == 0 && frames_.foreign_groups() > 0)
      warn(fmt::format("{}: has no CAN frames, but {} groups of other data", blocks_.name(),
                       frames_.foreign_groups()));
  }

  std::string writer() const override { return header_.writer; }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled < out.size()) {
      FrameReader* const first = frames_.first();
      if (!first) return end();
      report_events(first->time());
      if (first->overload())
        report_overload(*first);
      else
        frames_.read(out, filled, next_event_time());
    }
  }

 private:
  /// Throws a problem with each call; returns once there is none left.
  void end() {
    report_events(INT64_MAX);
    if (!std::exchange(left_out_reported_, true) && frames_.left_out() > 0)
      warn(fmt::format("{}: left out {} frames without valid time or data", blocks_.name(),
                       frames_.left_out()));
    if (next_problem_ < problems_.size()) throw Error(Errc::corrupt, problems_[next_problem_++]);
  }

  void report_events(std::int64_t until) {
    for (; next_event_ < events_.size(); ++next_event_) {
      const Event& event = events_[next_event_];
      if (until != INT64_MAX && time_of(event) > until) return;
      report(std::chrono::nanoseconds(time_of(event)), event.text, event.remark);
    }
  }

  /// Since the epoch. The sum wraps, as that of frames does.
  std::int64_t time_of(const Event& event) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(header_.start) +
                                     static_cast<std::uint64_t>(event.time));
  }
  std::int64_t next_event_time() const {
    return next_event_ < events_.size() ? time_of(events_[next_event_]) : INT64_MAX;
  }

  void report_overload(FrameReader& first) {
    Message frame;
    if (on_event_ && first.decode(frame))
      report(frame.timestamp, fmt::format("overload frame on channel {}", frame.channel.name()),
             {});
    frames_.skip();
  }

  void report(std::chrono::nanoseconds time, std::string text, std::string remark) {
    on_event_({.log = blocks_.name(),
               .time = time,
               .since_start = time - std::chrono::nanoseconds(header_.start),
               .text = std::move(text),
               .remark = std::move(remark)});
  }

  Blocks blocks_;
  const FileHeader header_;
  std::vector<std::string> problems_;
  Frames frames_;
  const std::function<void(const LogEvent&)> on_event_;
  std::vector<Event> events_;
  std::size_t next_event_ = 0, next_problem_ = 0;
  bool left_out_reported_ = false;
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  std::string name(source->name());
  return std::make_unique<Reader>(random_access(std::move(source)), std::move(name), options);
}

}  // namespace can::mf4
