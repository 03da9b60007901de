// SPDX-License-Identifier: MIT
#include "drivers/remote/unsent.h"

namespace can::remote {

void Unsent::add(std::span<const std::uint8_t> events) {
  bytes_.insert(bytes_.end(), events.begin(), events.end());
}

bool Unsent::write(const std::shared_ptr<Link>& link) {
  if (link_.lock() != link) change_to(link);
  while (written_ < bytes_.size()) {
    const std::size_t size = link->transport->write(std::span(bytes_).subspan(written_));
    if (size == 0) return false;
    written_ += size;
  }
  bytes_.clear();
  written_ = 0;
  return true;
}

void Unsent::change_to(const std::shared_ptr<Link>& link) {
  const auto written = std::span<const std::uint8_t>(bytes_).first(written_);
  std::size_t whole = 0;
  Event event;
  for (std::size_t size = written_; size > 0; whole += size)
    size = decode(*version_, written.subspan(whole), event);
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(whole));
  written_ = 0;
  if (version_ && *version_ != link->version) bytes_.clear();
  link_ = link;
  version_ = link->version;
}

}  // namespace can::remote
