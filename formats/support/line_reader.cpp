// SPDX-License-Identifier: MIT
#include "formats/support/line_reader.h"

#include <algorithm>

namespace can {
namespace {

constexpr std::size_t kBlock = 64 * 1024, kLongestLine = 1024 * 1024;

}  // namespace

bool LineReader::next_anew(std::string_view& line, bool wait) {
  if (std::exchange(put_back_, false)) {
    line = last_;
    return true;
  }
  for (std::size_t searched = 0;;) {
    const std::size_t there = end_ - begin_;
    const std::string_view text(buffer_.data() + begin_, there);
    const std::size_t newline = text.find(end_of_line_, searched);
    if (newline != text.npos || (ended_ && there > 0)) {
      deliver(line, newline != text.npos ? newline : there, newline != text.npos);
      return true;
    }
    if (ended_ || (!wait && !source_->ready())) return false;
    searched = number_ > 0 ? there : 0;
    if (there > kLongestLine) {
      begin_ = end_;  // reading continues after the bad place
      fail(Errc::corrupt, "{}:{}: line longer than 1 MiB", name(), ++number_);
    }
    ended_ = !refill();
  }
}

void LineReader::fail_here(const Error& error) const {
  fail(Errc::corrupt, "{}: {}{}", where(), complete_ ? "" : "the last line is cut: ", error.what());
}

bool LineReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  if (buffer_.size() < end_ + kBlock) buffer_.resize(end_ + kBlock);
  const std::size_t n = source_->read(std::span(buffer_).subspan(end_));
  end_ += n;
  if (number_ == 0) find_end_of_line();
  return n > 0;
}

/// Old Macintosh programs and terminals end lines with "\r" alone.
void LineReader::find_end_of_line() {
  const std::string_view text(buffer_.data(), end_);
  const std::size_t end = text.find_first_of("\r\n");
  const std::size_t behind = end == text.npos ? end : text.find_first_not_of('\r', end);
  end_of_line_ = behind != text.npos && text[end] == '\r' && text[behind] != '\n' ? '\r' : '\n';
}

bool LineReader::at_hand() const {
  const std::string_view text(buffer_.data() + begin_, end_ - begin_);
  return put_back_ || ended_ || text.find(end_of_line_) != text.npos || source_->ready();
}

}  // namespace can
