// SPDX-License-Identifier: MIT
#include "libcan/fleet/spool.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "libcan/canb/canb.h"
#include "libcan/canb/layout.h"
#include "libcan/model/fail.h"

namespace can::fleet {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFilesInLimit = 8;  // a drop takes an eighth of the spool
constexpr std::uint64_t kLargestFile = 4 * 1024 * 1024;
constexpr std::string_view kExtension = ".canb";
constexpr std::size_t kDigits = 16;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The number in the name of a file of the spool.
std::optional<std::uint64_t> number_of(const std::string& name) {
  std::uint64_t number = 0;
  if (name.size() != kDigits + kExtension.size() || !name.ends_with(kExtension)) return {};
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, number);
  if (error != std::errc() || end != name.data() + kDigits) return {};
  return number;
}

}  // namespace

Spool::Spool(std::string folder, std::string_view owner, std::uint64_t limit, Full full)
    : folder_(std::move(folder)),
      limit_(limit),
      file_size_(std::min(limit / kFilesInLimit, kLargestFile)),
      full_(full) {
  if (limit < kMinLimit) fail(Errc::invalid, "a spool takes at least 1M");
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail(Errc::io, "{}: {}", folder_, error.message());
  claim(owner);
  find_files();
}

/// The batches belong to one vehicle: another one's program must not send them.
void Spool::claim(std::string_view owner) {
  const std::string path = folder_ + "/owner";
  lock_file_.emplace(path, O_RDWR | O_CREAT);
  lock_for_writing(*lock_file_);
  std::string there(owner.size() + 1, '\0');
  there.resize(lock_file_->read_at(0, there.data(), there.size()));
  if (there.empty())
    lock_file_->write_at(0, owner);
  else if (there != owner)
    fail(Errc::invalid, "{}: is the spool of {}, not of {}", folder_, quote(there), quote(owner));
}

void Spool::find_files() {
  for (const auto& entry : fs::directory_iterator(folder_))
    if (const auto number = number_of(entry.path().filename().string())) {
      std::error_code error;
      const std::uintmax_t size = fs::file_size(entry.path(), error);
      if (!error) files_[*number] = size;
      size_ += error ? 0 : size;
      next_number_ = std::max(next_number_, *number + 1);
    }
}

std::string Spool::path_of(std::uint64_t number) const {
  return fmt::format("{}/{:016}{}", folder_, number, kExtension);
}

std::optional<std::string> Spool::append(std::string_view batch, std::uint64_t frames) {
  std::unique_lock lock(mutex_);
  std::string why = fmt::format("{}: no room for more", folder_);
  if (make_room(lock, batch.size())) try {
      write(batch);
      return {};
    } catch (const Error& error) {
      why = error.what();
      writing_.reset();  // what follows a torn batch could not be read
    }
  lost_ += frames;
  return why;
}

void Spool::write(std::string_view batch) {
  if (writing_ && files_[writing_->number] + batch.size() > file_size_) {
    if (full_ == Full::drop) writing_->file.sync();
    writing_.reset();
  }
  if (!writing_) {
    const std::uint64_t number = next_number_++;
    writing_.emplace(Writing{File(path_of(number), O_WRONLY | O_CREAT | O_EXCL), number});
    files_[number] = 0;
    if (full_ == Full::drop) sync_folder_of(path_of(number));
  }
  writing_->file.write(batch);
  files_[writing_->number] += batch.size();
  size_ += batch.size();
}

bool Spool::make_room(std::unique_lock<std::mutex>& lock, std::uint64_t size) {
  while (size_ + size > limit_) {
    if (full_ == Full::drop ? !drop_oldest() : cancelled_) return false;
    if (full_ == Full::wait) room_.wait(lock);
  }
  return true;
}

void Spool::sync() {
  std::unique_lock lock(mutex_);
  if (!writing_) return;
  File file(writing_->file.descriptor(), writing_->file.name());
  lock.unlock();  // the disk may take long
  file.sync();
}

/// Drops the oldest file that has no batch under way.
bool Spool::drop_oldest() {
  auto oldest = files_.begin();
  if (first_ < sent_) oldest = files_.upper_bound(sent_.file);
  if (oldest == files_.end()) return false;
  lost_ += frames_in(oldest->first);
  if (writing_ && writing_->number == oldest->first) writing_.reset();
  remove(oldest);
  return true;
}

std::uint64_t Spool::frames_in(std::uint64_t number) {
  std::uint64_t frames = 0;
  Place place = std::max(first_, Place{number, 0});
  while (const auto batch = read_in_file(place)) {
    frames += canb::get_head(batch->bytes.data()).messages;
    place = batch->behind;
  }
  return frames;
}

void Spool::remove(std::map<std::uint64_t, std::uint64_t>::iterator file) {
  if (reading_ && reading_->number == file->first) reading_.reset();
  std::error_code ignored;  // a file that stays is sent again by the next program
  fs::remove(path_of(file->first), ignored);
  size_ -= file->second;
  files_.erase(file);
  room_.notify_all();
}

std::optional<Spool::Batch> Spool::read(Place place) {
  std::lock_guard lock(mutex_);
  for (auto file = files_.lower_bound(place.file); file != files_.end(); ++file) {
    if (file->first != place.file) place = {file->first, 0};
    if (auto batch = read_in_file(place)) return batch;
  }
  return {};
}

const File& Spool::open(std::uint64_t number) {
  if (!reading_ || reading_->number != number) {
    reading_.reset();
    reading_.emplace(Writing{File(path_of(number), O_RDONLY), number});
  }
  return reading_->file;
}

/// The batch at the place in its file; empty at the end and at a damaged place, where the file
/// ends for the spool.
std::optional<Spool::Batch> Spool::read_in_file(Place place) {
  std::uint64_t& size = files_.at(place.file);
  if (place.offset >= size) return {};
  try {
    if (auto batch = read_at(open(place.file), place, size)) return batch;
  } catch (const Error& error) {
    if (error.code() == Errc::io) throw;
  }
  ++damaged_;
  if (writing_ && writing_->number == place.file) writing_.reset();
  size_ -= size - place.offset;
  size = place.offset;
  return {};
}

/// Empty for a cut batch. Throws Errc::corrupt.
std::optional<Spool::Batch> Spool::read_at(const File& file, Place place, std::uint64_t size) {
  const std::uint64_t left = size - place.offset;
  std::string bytes(std::min<std::uint64_t>(left, canb::kHeadSize), '\0');
  bytes.resize(file.read_at(place.offset, bytes.data(), bytes.size()));
  const std::size_t whole = canb::size_of(bytes_of(bytes));
  if (whole == 0 || whole > left) return {};
  bytes.resize(whole);
  if (file.read_at(place.offset, bytes.data(), whole) < whole) return {};
  const canb::BatchInfo info = canb::info_of(bytes_of(bytes));
  return Batch{.at = place,
               .behind = {place.file, place.offset + whole},
               .position = {info.run, info.number},
               .bytes = std::move(bytes)};
}

void Spool::release(Place first, Place sent) {
  std::lock_guard lock(mutex_);
  first_ = first;
  sent_ = std::max(first, sent);
  while (!files_.empty() && files_.begin()->first < first.file &&
         !(writing_ && writing_->number == files_.begin()->first))
    remove(files_.begin());
}

void Spool::finish() {
  std::lock_guard lock(mutex_);
  if (files_.size() != 1 || first_.file != files_.begin()->first ||
      first_.offset < files_.begin()->second)
    return;
  writing_.reset();
  remove(files_.begin());
}

void Spool::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  room_.notify_all();
}

Spool::Place Spool::begin() const {
  std::lock_guard lock(mutex_);
  return files_.empty() ? Place{next_number_, 0} : Place{files_.begin()->first, 0};
}

Spool::Place Spool::end() const {
  std::lock_guard lock(mutex_);
  return files_.empty() ? Place{next_number_, 0}
                        : Place{files_.rbegin()->first, files_.rbegin()->second};
}

std::uint64_t Spool::size() const {
  std::lock_guard lock(mutex_);
  return size_;
}

std::uint64_t Spool::lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

std::uint64_t Spool::damaged() const {
  std::lock_guard lock(mutex_);
  return damaged_;
}

}  // namespace can::fleet
