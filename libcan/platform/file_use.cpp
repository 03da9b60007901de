// SPDX-License-Identifier: MIT
#include "libcan/platform/file_use.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <vector>

#include "libcan/model/fail.h"
#include "libcan/platform/descriptor.h"

namespace can {
namespace {

namespace fs = std::filesystem;

/// An inode, or the name of a file in the folder that has the inode.
struct Identity {
  dev_t device;
  ino_t inode;
  std::string name_in_folder{};
  bool operator==(const Identity&) const = default;
};

struct Use {
  std::vector<Identity> identities;
  FileUse::Kind kind;
  std::string name;
};

/// The file is open, so that no other one gets its inode when it is removed.
struct Kept {
  Use use;
  Descriptor file;
};

bool same_file(const Use& a, const Use& b) {
  return std::ranges::any_of(a.identities, [&](const Identity& identity) {
    return std::ranges::find(b.identities, identity) != b.identities.end();
  });
}

/// All uses of this program, by number.
class Uses {
 public:
  std::uint64_t add(Use use) {
    const std::lock_guard lock(mutex_);
    if (use.kind == FileUse::Kind::write) refuse_second(use);
    uses_.emplace(++last_, std::move(use));
    return last_;
  }
  /// Without a number: for good, the latest file of each name.
  void keep(Use use, Descriptor file) {
    const std::lock_guard lock(mutex_);
    const std::string name = use.name;
    kept_.insert_or_assign(name, Kept{std::move(use), std::move(file)});
  }
  void remove(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    uses_.erase(number);
  }

 private:
  void refuse_second(const Use& use) const {
    for (const auto& [number, other] : uses_)
      if (same_file(use, other)) refuse(use, other);
    for (const auto& [name, other] : kept_)
      if (same_file(use, other.use)) refuse(use, other.use);
  }
  [[noreturn]] static void refuse(const Use& use, const Use& other) {
    fail(Errc::invalid, "{}: {} the same file{}", use.name,
         other.kind == FileUse::Kind::write ? "two outputs are" : "input and output are",
         use.name == other.name ? "" : fmt::format(", also called {}", other.name));
  }

  std::mutex mutex_;
  std::map<std::uint64_t, Use> uses_;
  std::map<std::string, Kept> kept_;  // by name
  std::uint64_t last_ = 0;
};

Uses& all_uses() {
  static Uses uses;
  return uses;
}

}  // namespace

FileUse::FileUse(const File& file, Kind kind) {
  const struct ::stat status = file.status();
  if (!S_ISREG(status.st_mode)) return;
  number_ = all_uses().add({{{status.st_dev, status.st_ino}}, kind, file.name()});
}

void keep_as_input(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  all_uses().keep({{{status.st_dev, status.st_ino}}, FileUse::Kind::read, path}, std::move(file));
}

FileUse::FileUse(const std::string& path) {
  const fs::path target = resolved(path);
  const std::string folder = target.parent_path().empty() ? "." : target.parent_path().string();
  Use use{{}, Kind::write, path};
  struct ::stat status {};
  if (::stat(folder.c_str(), &status) == 0)
    use.identities.push_back({status.st_dev, status.st_ino, target.filename().string()});
  if (::stat(target.c_str(), &status) == 0)
    use.identities.push_back({status.st_dev, status.st_ino});
  number_ = all_uses().add(std::move(use));
}

FileUse::~FileUse() {
  if (number_ != 0) all_uses().remove(number_);
}

std::string resolved(const std::string& path) {
  constexpr int kMaxLinks = 40;  // as the kernel
  fs::path target = path;
  std::error_code ignored;  // opening the file reports the error
  for (int links = 0; links < kMaxLinks && fs::is_symlink(target, ignored); ++links)
    target = target.parent_path() / fs::read_symlink(target, ignored);
  return target.string();
}

}  // namespace can
