// SPDX-License-Identifier: MIT
#include "libcan/store/outputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "libcan/model/fail.h"

namespace can::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFew = 8;  // files: from here on one sync of the file system takes less time

void make_folder_of(const std::string& path) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (error) fail_errno(path, error.value());
}

/// Syncs the folders from that of the file up to that of the store.
void sync_folders(const std::string& path, const std::string& store) {
  for (std::string at = path; at.size() > store.size(); at = fs::path(at).parent_path().string())
    sync_folder_of(at);
}

void sync_file_system(const std::string& folder) {
  const File any(folder, O_RDONLY | O_DIRECTORY);
  if (::syncfs(any.descriptor()) != 0) fail_errno(folder, errno);
}

}  // namespace

Outputs::Outputs(std::string folder, Append append, std::size_t max_open)
    : folder_(std::move(folder)),
      append_(std::move(append)),
      max_open_(max_open),
      made_(full(".made"), O_RDWR | O_CREAT | O_APPEND) {}

void Outputs::write(const Target& target, std::span<const Message> messages) {
  open(target).log->write(messages);
}

void Outputs::write(const Target& target, std::string_view bytes) {
  open(target).file->write(bytes);
}

void Outputs::write_event(const Target& target, std::string_view text,
                          std::chrono::nanoseconds at) {
  open(target).log->event(text, at);
}

Outputs::Open& Outputs::open(const Target& target) {
  if (const auto found = by_path_.find(target.path); found != by_path_.end()) {
    open_.splice(open_.begin(), open_, found->second);
  } else {
    make_room();
    if (!written_.contains(target.path)) prepare(target);
    const std::string path = full(target.path);
    Open opened{.path = target.path, .log = append_ ? append_(path) : nullptr, .file = {}};
    if (!append_) opened.file.emplace(path, O_WRONLY | O_CREAT | O_APPEND);
    open_.push_front(std::move(opened));
    by_path_[target.path] = open_.begin();
  }
  written_.insert(target.path);
  return open_.front();
}

void Outputs::make_room() {
  if (open_.size() < max_open_) return;
  Open& oldest = open_.back();
  if (oldest.log) oldest.log->close();
  by_path_.erase(oldest.path);
  open_.pop_back();
}

/// Cuts off what a writer before us left behind the durable bytes.
void Outputs::prepare(const Target& target) {
  const std::string path = full(target.path);
  if (target.durable == 0) made_.write(target.path + '\n');
  make_folder_of(path);
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  if (!missing && size > target.durable) File(path, O_WRONLY).truncate(target.durable);
}

std::vector<Outputs::Size> Outputs::sync() {
  for (Open& each : open_)
    if (each.log && written_.contains(each.path)) each.log->flush();
  std::vector<Size> sizes = sizes_of_written();
  sync_to_disk();
  written_.clear();
  return sizes;
}

std::vector<Outputs::Size> Outputs::sizes_of_written() const {
  std::vector<Size> sizes;
  std::error_code missing;
  for (const std::string& path : written_) {
    sizes.push_back({path, fs::file_size(full(path), missing)});
    if (missing) fail(Errc::io, "{}: {}", full(path), missing.message());
  }
  return sizes;
}

void Outputs::sync_to_disk() {
  if (written_.size() > kFew) return sync_file_system(folder_);
  for (const std::string& path : written_) {
    File(full(path), O_RDONLY).sync();
    sync_folders(full(path), folder_);
  }
}

void Outputs::keep() {
  if (made_.status().st_size > 0) made_.truncate(0);
}

std::vector<std::string> Outputs::made() const {
  std::string text(static_cast<std::size_t>(made_.status().st_size), '\0');
  text.resize(made_.read_at(0, text.data(), text.size()));
  std::vector<std::string> paths;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != text.npos; at = end + 1)
    paths.push_back(text.substr(at, end - at));
  return paths;
}

void Outputs::forget() {
  by_path_.clear();
  open_.clear();
  written_.clear();
}

}  // namespace can::store
