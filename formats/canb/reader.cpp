// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <utility>

#include "formats/canb/batches.h"
#include "formats/canb/canb.h"
#include "libcan/canb/gaps.h"
#include "libcan/model/fail.h"

namespace can::canb {
namespace {

class Reader final : public LogReader {
 public:
  Reader(std::unique_ptr<Source> source, const LogOptions& options)
      : batches_(std::move(source)), on_event_(options.on_event) {}

  bool at_hand() const override { return next_ < batch_.messages.size() || batches_.at_hand(); }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled < out.size()) {
      if (next_ == batch_.messages.size() && ((filled > 0 && !batches_.at_hand()) || !next_batch()))
        return;
      const auto from = std::span(batch_.messages).subspan(next_);
      const std::size_t count = std::min(from.size(), out.size() - filled);
      std::copy_n(from.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(filled));
      next_ += count;
      filled += count;
    }
  }

 private:
  bool next_batch() {
    next_ = 0;
    batch_.messages.clear();
    const bool found = batches_.next(batch_);
    if (const std::uint64_t skipped = batches_.drain_skipped(); skipped > 0)
      remark(batches_.offset(), fmt::format("skipped {} bytes that are no batch", skipped));
    if (!found) return false;
    if (!start_ && !batch_.messages.empty()) start_ = batch_.messages.front().timestamp;
    report_gap();
    return true;
  }

  void report_gap() {
    const std::string text = gaps_.before(batch_.info, batch_.messages.size());
    if (text.empty()) return;
    remark(batch_.offset, text);
    if (!on_event_ || batch_.messages.empty()) return;
    const std::chrono::nanoseconds time = batch_.messages.front().timestamp;
    on_event_({.log = batches_.name(), .time = time, .since_start = time - *start_, .text = text});
  }

  void remark(std::uint64_t offset, std::string_view what) {
    warn(fmt::format("{}: offset 0x{:x}: {}", batches_.name(), offset, what));
  }

  BatchReader batches_;
  const std::function<void(const LogEvent&)> on_event_;
  Batch batch_;
  std::size_t next_ = 0;  // index of the next message in the batch
  Gaps gaps_;
  std::optional<std::chrono::nanoseconds> start_;  // of the log
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  return std::make_unique<Reader>(std::move(source), options);
}

}  // namespace can::canb
