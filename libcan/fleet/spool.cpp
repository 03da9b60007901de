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
#include "libcan/model/quantity.h"

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

bool is_removed(const File& file) { return file.status().st_nlink == 0; }

bool is_gone(const File& file) { return !file.is_at(file.name()); }

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
      owner_(owner),
      limit_(limit),
      file_size_(std::min(limit / kFilesInLimit, kLargestFile)),
      full_(full) {
  if (limit < kMinLimit) fail(Errc::invalid, "a spool takes at least 1M");
  claim();
  find_files();
}

/// The batches belong to one vehicle: another one's program must not send them.
void Spool::claim() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail(Errc::io, "{}: {}", folder_, error.message());
  const std::string path = folder_ + "/owner";
  File file(path, O_RDWR | O_CREAT);
  lock_for_writing(file);
  std::string there(owner_.size() + 1, '\0');
  there.resize(file.read_at(0, there.data(), there.size()));
  if (there.empty())
    file.write_at(0, owner_);
  else if (there != owner_)
    fail(Errc::invalid, "{}: is the spool of {}, not of {}", folder_, quote(there), quote(owner_));
  lock_file_.emplace(std::move(file));
}

void Spool::find_files() {
  for (const auto& entry : fs::directory_iterator(folder_))
    if (const auto number = number_of(entry.path().filename().string())) {
      std::error_code error;
      const std::uintmax_t size = fs::file_size(entry.path(), error);
      if (!error) files_[*number].bytes = size;
      size_ += error ? 0 : size;
      next_number_ = std::max(next_number_, *number + 1);
    }
}

std::string Spool::path_of(std::uint64_t number) const {
  return fmt::format("{}/{:016}{}", folder_, number, kExtension);
}

std::optional<std::string> Spool::append(std::string_view batch, std::uint64_t frames) {
  std::unique_lock lock(mutex_);
  try {
    auto news = restore();
    if (make_room(lock, batch.size())) {
      write(batch, frames);
      return news;
    }
  } catch (const Error& error) {
    abandon();
    losses_.refused += frames;
    losses_.own += frames;
    return fmt::format("{}; messages are lost", error.what());
  }
  losses_.full += frames;
  losses_.own += frames;
  return fmt::format("{}: no room for more; messages are lost", folder_);
}

void Spool::write(std::string_view batch, std::uint64_t frames) {
  if (writing_ && files_[writing_->number].bytes + batch.size() > file_size_) {
    if (full_ == Full::drop) writing_->file.sync();
    writing_.reset();
  }
  if (!writing_) begin_file();
  writing_->file.write(batch);
  files_[writing_->number].bytes += batch.size();
  files_[writing_->number].frames += frames;
  size_ += batch.size();
}

void Spool::begin_file() {
  writing_.emplace(Writing{File(path_of(next_number_), O_RDWR | O_CREAT | O_EXCL), next_number_});
  files_[next_number_++] = {};
  if (full_ == Full::drop) sync_folder_of(writing_->file.name());
}

/// What follows a torn batch could not be read. A file without a batch is tried again.
void Spool::abandon() {
  if (!writing_) return;
  const auto file = files_.find(writing_->number);
  writing_.reset();
  if (file == files_.end() || file->second.bytes > 0) return;
  remove(file);
  --next_number_;
}

/// Takes note of what someone removed or moved, and makes the folder anew. The text tells so.
std::optional<std::string> Spool::restore() {
  const bool folder_gone = is_gone(*lock_file_);
  if (!folder_gone && !(writing_ && is_gone(writing_->file))) return {};
  const bool removed = is_removed(folder_gone ? *lock_file_ : writing_->file);
  const std::uint64_t before = losses_.removed;
  lose_removed();
  if (folder_gone) claim();
  return fmt::format("{}: {} {}, with {}{}", folder_, folder_gone ? "was" : "files were",
                     removed ? "removed" : "moved", counted(losses_.removed - before, "message"),
                     folder_gone ? "; is made anew" : "");
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
  lose(oldest, losses_.full);
  return true;
}

void Spool::lose(Files::iterator file, std::uint64_t& count) {
  const std::uint64_t frames = frames_in(file->first);
  count += frames;
  losses_.own += std::min(frames, file->second.frames);
  if (writing_ && writing_->number == file->first) writing_.reset();
  remove(file);
}

/// Whether there were any.
bool Spool::lose_removed() {
  const std::size_t before = files_.size();
  for (auto next = files_.begin(); next != files_.end();) {
    const auto file = next++;
    std::error_code error;
    if (!fs::exists(path_of(file->first), error) && !error) lose(file, losses_.removed);
  }
  return files_.size() < before;
}

/// The messages that nobody acknowledged; of a removed file that isn't open, all.
std::uint64_t Spool::frames_in(std::uint64_t number) try {
  std::uint64_t frames = 0;
  Place place = std::max(first_, Place{number, 0});
  if (place.file > number) return 0;
  while (const auto batch = read_in_file(place)) {
    frames += canb::get_head(batch->bytes.data()).messages;
    place = batch->behind;
  }
  return frames;
} catch (const Error&) {
  return files_.at(number).frames;
}

void Spool::remove(Files::iterator file) {
  if (reading_ && reading_->number == file->first) reading_.reset();
  std::error_code ignored;  // a file that stays is sent again by the next program
  fs::remove(path_of(file->first), ignored);
  size_ -= file->second.bytes;
  files_.erase(file);
  room_.notify_all();
}

std::optional<Spool::Batch> Spool::read(Place place) {
  std::lock_guard lock(mutex_);
  try {
    return read_from(place);
  } catch (const Error&) {
    if (!lose_removed()) throw;
  }
  return read_from(place);
}

std::optional<Spool::Batch> Spool::read_from(Place place) {
  for (auto file = files_.lower_bound(place.file); file != files_.end(); ++file) {
    if (file->first != place.file) place = {file->first, 0};
    if (auto batch = read_in_file(place)) return batch;
  }
  return {};
}

const File& Spool::open(std::uint64_t number) {
  if (writing_ && writing_->number == number) return writing_->file;
  if (!reading_ || reading_->number != number) {
    reading_.reset();
    reading_.emplace(Writing{File(path_of(number), O_RDONLY), number});
  }
  return reading_->file;
}

/// The batch at the place in its file; empty at the end and at a damaged place, where the file
/// ends for the spool.
std::optional<Spool::Batch> Spool::read_in_file(Place place) {
  std::uint64_t& size = files_.at(place.file).bytes;
  if (place.offset >= size) return {};
  try {
    if (auto batch = read_at(open(place.file), place, size)) return batch;
  } catch (const Error& error) {
    if (error.code() == Errc::io || error.code() == Errc::not_found) throw;
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
      first_.offset < files_.begin()->second.bytes)
    return;
  writing_.reset();
  remove(files_.begin());
}

void Spool::check() {
  std::lock_guard lock(mutex_);
  lose_removed();
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
                        : Place{files_.rbegin()->first, files_.rbegin()->second.bytes};
}

std::uint64_t Spool::size() const {
  std::lock_guard lock(mutex_);
  return size_;
}

Spool::Losses Spool::losses() const {
  std::lock_guard lock(mutex_);
  return losses_;
}

std::uint64_t Spool::damaged() const {
  std::lock_guard lock(mutex_);
  return damaged_;
}

}  // namespace can::fleet
