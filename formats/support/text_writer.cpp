// SPDX-License-Identifier: MIT
#include "formats/support/text_writer.h"

#include <utility>

namespace can {

void TextWriter::put(std::string_view text) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, kBuffer / 2);
    advance(put_text(room(part.size()), part));
    text.remove_prefix(part.size());
  }
}

void TextWriter::make_room(std::size_t size) {
  drain();
  if (size <= capacity_) return;
  buffer_.reset(new char[size]);
  capacity_ = size;
}

void TextWriter::drain() {
  if (used_ == 0) return;
  // Counted before the write, so that the same bytes are not written again after an error.
  const std::string_view bytes(buffer_.get(), std::exchange(used_, 0));
  size_ += bytes.size();
  sink_->write(bytes);
}

}  // namespace can
