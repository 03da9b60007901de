// SPDX-License-Identifier: MIT
#include "formats/support/replacement.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <random>
#include <set>
#include <utility>

#include "libcan/model/fail.h"

namespace can {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 255;  // of a file, as most file systems have it

/// The files with a temporary name, for discard_all().
struct Unfinished {
  std::mutex mutex;
  std::set<std::string> paths;
};

Unfinished& unfinished() {
  static Unfinished& all = *new Unfinished;  // a signal may come while the program ends
  return all;
}

void forget(const std::string& path) {
  const std::lock_guard lock(unfinished().mutex);
  unfinished().paths.erase(path);
}

/// "drive.asc.unfinished-k3x9ab", in the same folder.
std::string temporary_name(const fs::path& target) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string end = ".unfinished-";
  for (std::random_device random; end.size() < 18;) end += kLetters[random() % kLetters.size()];
  const std::string name = target.filename().string().substr(0, kLongestName - end.size());
  return (target.parent_path() / (name + end)).string();
}

}  // namespace

Replacement::Replacement(std::string name) : name_(std::move(name)) {
  if (name_ == "-") return;
  struct ::stat status {};
  const bool there = ::stat(name_.c_str(), &status) == 0, regular = S_ISREG(status.st_mode);
  target_ = there && !regular ? name_ : resolved(name_);  // /dev/stdout is a link to no path
  if (there && !regular) return;
  use_ = FileUse(name_);
  if (there) {
    existing_.emplace(target_, O_RDWR,
                      name_);  // a read-only file is not replaced, either
    lock_for_writing(*existing_);
  }
  create_temporary();
}

Replacement::Replacement(Replacement&& other) noexcept
    : name_(std::move(other.name_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      use_(std::move(other.use_)),
      existing_(std::move(other.existing_)) {}

void Replacement::create_temporary() {
  for (;;) {
    const std::string path = temporary_name(target_);
    try {
      const std::lock_guard lock(unfinished().mutex);
      const File created(path, O_WRONLY | O_CREAT | O_EXCL, name_);
      temporary_ = path;
      unfinished().paths.insert(path);
      return;
    } catch (const Error& error) {
      if (fs::exists(path)) continue;
      if (error.code() == Errc::not_found) throw;
      fail(error.code(), "{}; a new file is written beside it first", error.what());
    }
  }
}

void Replacement::copy_owner() {
  const struct ::stat status = existing_->status();
  const File file(temporary_, O_RDWR, name_);
  // The owner stays as it is on a file system without owners, and for a file of another user.
  [[maybe_unused]] const int owner = ::fchown(file.descriptor(), status.st_uid, status.st_gid);
  ::fchmod(file.descriptor(), status.st_mode & 07777);
}

void Replacement::commit() {
  if (temporary_.empty()) return;
  if (existing_) {
    copy_owner();
    File(temporary_, O_RDWR, name_).sync();  // a power cut must not lose both files
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_errno(name_, errno);
  forget(std::exchange(temporary_, {}));
}

void Replacement::commit_as(const std::string& path) {
  rename_to_free_name(temporary_, path);
  forget(std::exchange(temporary_, {}));
}

void Replacement::discard() {
  if (temporary_.empty()) return;
  ::unlink(temporary_.c_str());
  forget(std::exchange(temporary_, {}));
}

void Replacement::discard_all() {
  unfinished().mutex.lock();  // never unlocked: the process ends
  for (const std::string& path : unfinished().paths) ::unlink(path.c_str());
}

}  // namespace can
