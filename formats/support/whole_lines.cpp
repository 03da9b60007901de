// SPDX-License-Identifier: MIT
#include "formats/support/whole_lines.h"

#include <algorithm>
#include <utility>

namespace can {
namespace {

constexpr std::size_t kBlock = 64 * 1024, kLongestLine = 1024 * 1024;

class WholeLines final : public Source {
 public:
  WholeLines(std::unique_ptr<Source> source, std::function<void(std::size_t)> on_cut)
      : source_(std::move(source)), on_cut_(std::move(on_cut)) {}

  std::string_view name() const override { return source_->name(); }

 private:
  std::size_t read_on(std::span<char> out) override {
    while (at_ == whole_)
      if (!refill()) return 0;
    const std::size_t count = std::min(out.size(), whole_ - at_);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  bool ready_to_read() const override { return at_ < whole_ || source_->ready(); }

  /// False at the end.
  bool refill() {
    text_.erase(0, std::exchange(at_, 0));
    whole_ = 0;
    const std::size_t rest = text_.size();
    text_.resize(rest + kBlock);
    std::size_t count = 0;
    try {
      count = source_->read(std::span(text_).subspan(rest));
    } catch (...) {  // the end of damaged gzip data
      cut(rest);
      throw;
    }
    text_.resize(rest + count);
    if (count == 0) return cut(rest), false;
    const std::size_t newline = text_.rfind('\n');
    if (newline != text_.npos)
      whole_ = newline + 1;
    else if (text_.size() > kLongestLine)
      whole_ = text_.size();  // the reader complains
    return true;
  }

  void cut(std::size_t rest) {
    text_.clear();
    if (rest > 0) on_cut_(rest);
  }

  std::unique_ptr<Source> source_;
  std::function<void(std::size_t)> on_cut_;
  std::string text_;       // whole lines, then the start of one
  std::size_t at_ = 0;     // returned
  std::size_t whole_ = 0;  // end of the whole lines
};

}  // namespace

std::unique_ptr<Source> whole_lines(std::unique_ptr<Source> source,
                                    std::function<void(std::size_t)> on_cut) {
  return std::make_unique<WholeLines>(std::move(source), std::move(on_cut));
}

}  // namespace can
