// SPDX-License-Identifier: MIT
#include "formats/support/patient_file.h"

#include <algorithm>
#include <utility>

#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxWaiting = 64 * 1024 * 1024;
constexpr auto kSlow = 100ms;                          // a write that took longer was slow
constexpr std::size_t kLargeWrite = 16 * 1024 * 1024;  // bytes for a slow disk at once

std::uint64_t size_of(const File& file) {
  return static_cast<std::uint64_t>(file.status().st_size);
}

}  // namespace

PatientFile::PatientFile(File& file, std::string path, Storage& storage)
    : file_(file), path_(std::move(path)), storage_(storage), size_(size_of(file)), saved_(size_) {}

void PatientFile::write(std::string_view bytes) {
  if (slow_ || !waiting_.empty() || excess_) return keep(bytes);
  try {
    put(bytes);
  } catch (const Error& error) {
    keep(bytes);
    storage_.stall(error.what());
  }
}

void PatientFile::put(std::string_view bytes) {
  const auto start = std::chrono::steady_clock::now();
  if (size_of(file_) > size_)
    file_.write_at(size_, bytes);
  else  // at the end, also where another program has emptied the file
    file_.write(bytes);
  slow_ = std::chrono::steady_clock::now() - start > kSlow;
  size_ += bytes.size();
  storage_.add_bytes(bytes.size());
}

void PatientFile::keep(std::string_view bytes) {
  if (waiting_.size() + bytes.size() > kMaxWaiting) fail(Errc::io, "{}", storage_.trouble());
  waiting_ += bytes;
  if (waiting_.size() >= kLargeWrite && !storage_.stalled()) catch_up();
}

void PatientFile::retract(std::uint64_t bytes) {
  if (!waiting_.empty()) return waiting_.resize(waiting_.size() - bytes);
  bytes = std::min(size_, bytes);
  size_ -= bytes;
  if (saved_ > size_) remember(bytes);
  excess_ = true;
}

void PatientFile::remember(std::uint64_t bytes) try {
  saved_ = size_;
  retracted_.resize(bytes);
  retracted_.resize(file_.read_at(size_, retracted_.data(), bytes));
} catch (const Error&) {  // a file that can't be read lacks them if the disk stays full
  retracted_.clear();
}

/// Patches wait behind the bytes: a header never counts what is not in the file.
void PatientFile::patch(std::uint64_t offset, std::string_view bytes) {
  std::erase_if(patches_, [&](const Patch& patch) {
    return patch.offset == offset && patch.bytes.size() == bytes.size();
  });
  patches_.push_back({offset, std::string(bytes)});
  catch_up();
}

/// Whether nothing waits any more.
bool PatientFile::catch_up() try {
  if (!waiting_.empty() || excess_) append_waiting();
  for (const Patch& patch : patches_) {
    file_.write_at(patch.offset, patch.bytes);
    storage_.add_bytes(patch.bytes.size());
  }
  patches_.clear();
  if (storage_.stalled()) storage_.resume();
  return true;
} catch (const Error& error) {
  storage_.stall(error.what());
  return false;
}

/// What the file has behind size_, retracted or the part of a write that failed, is overwritten at
/// once: a killed program leaves the old end or the new one.
void PatientFile::append_waiting() {
  if (!waiting_.empty()) put(waiting_);
  waiting_ = {};
  if (size_of(file_) > size_) file_.truncate(size_);
  excess_ = false;
}

void PatientFile::flush() {
  if (!catch_up()) return;
  saved_ = size_;
  retracted_.clear();
  storage_.add_save();
  look_for_removal();
  sync_soon();
}

void PatientFile::look_for_removal() {
  if (removed_ || file_.status().st_nlink > 0) return;
  removed_ = true;
  storage_.add_removal();
}

void PatientFile::sync_soon() {
  if (storage_.sync() == Storage::kNever) return;
  if (storage_.sync() == 0ns) return sync_now();
  // A recording flushes every half second: the rest of the first second is left to the disk.
  if (!syncer_) syncer_.emplace(file_, path_, std::max(storage_.sync() - 1s, 0ns), storage_);
  if (const std::string failure = syncer_->drain_failure(); !failure.empty())
    storage_.add_fault("can't be synced: " + failure);
  syncer_->request();
}

void PatientFile::sync_now() try {
  storage_.add_sync();
  file_.sync();
  if (removed_) return;
  storage_.add_sync();
  sync_folder_of(path_);
} catch (const Error& error) {
  storage_.add_fault("can't be synced: " + std::string(error.what()));
}

void PatientFile::close() {
  const bool complete = catch_up();
  if (!complete) cut();
  syncer_.reset();
  if (storage_.sync() != Storage::kNever) sync_now();
  file_.close();
  if (!complete) fail(Errc::io, "{}", storage_.trouble());
  storage_.add_save();
}

void PatientFile::cut() try {
  const std::uint64_t size = size_of(file_);
  const std::uint64_t kept = storage_.keep_marked(size, saved_);
  if (size > kept) file_.truncate(kept);
  file_.write(retracted_);  // as at the last save
} catch (const Error&) {    // the cause of the stall is reported
}

}  // namespace can
