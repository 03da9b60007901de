// SPDX-License-Identifier: MIT
#include "formats/support/regular_source.h"

#include <fcntl.h>

#include <mutex>

#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr std::size_t kMaxOpen = 256;  // descriptors; many systems allow 1,024 a process

/// The sources with an open file, the most recently read first.
struct Open {
  std::mutex mutex;
  std::list<RegularSource*> sources;
};

Open& open_ones() {
  static Open& all = *new Open;
  return all;
}

}  // namespace

RegularSource::RegularSource(const std::string& path) : path_(path) {
  const std::lock_guard lock(open_ones().mutex);
  open();
  identity_ = file_->status();
  use_ = FileUse(*file_, FileUse::Kind::read);
}

RegularSource::~RegularSource() {
  const std::lock_guard lock(open_ones().mutex);
  if (file_) park();
}

void RegularSource::open() {
  auto& sources = open_ones().sources;
  if (sources.size() >= kMaxOpen) sources.back()->park();
  file_.emplace(path_, O_RDONLY);
  place_ = sources.insert(sources.begin(), this);
}

void RegularSource::park() {
  open_ones().sources.erase(place_);
  file_.reset();
}

std::size_t RegularSource::read_at(std::uint64_t offset, std::span<char> out) {
  const std::lock_guard lock(open_ones().mutex);
  if (!file_) {
    open();
    const struct ::stat now = file_->status();
    if (now.st_dev != identity_.st_dev || now.st_ino != identity_.st_ino)
      fail(Errc::io, "{}: another file took its place while it was read", path_);
  }
  open_ones().sources.splice(open_ones().sources.begin(), open_ones().sources, place_);
  return file_->read_at(offset, out.data(), out.size());
}

std::size_t RegularSource::read_on(std::span<char> out) {
  const std::size_t n = read_at(offset_, out);
  offset_ += n;
  return n;
}

}  // namespace can
