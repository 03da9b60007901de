// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "formats/support/files.h"
#include "formats/support/gzip.h"
#include "formats/support/random_access.h"
#include "formats/support/regular_source.h"
#include "formats/support/zstd.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"

namespace can {
namespace {

/// Standard input, a pipe, a device.
class FileSource final : public Source {
 public:
  explicit FileSource(const std::string& path) : file_(path, O_RDONLY) {
    if (S_ISDIR(file_.status().st_mode)) fail_errno(path, EISDIR);
  }
  FileSource() : file_(STDIN_FILENO, "standard input") {}

  std::string_view name() const override { return file_.name(); }

 private:
  std::size_t read_on(std::span<char> out) override { return file_.read(out.data(), out.size()); }
  bool ready_to_read() const override { return file_.readable(); }

  File file_;
  FileUse use_{file_, FileUse::Kind::read};
};

class MemorySource final : public Source, public RandomAccess {
 public:
  MemorySource(std::string bytes, std::string name)
      : bytes_(std::move(bytes)), name_(std::move(name)) {}
  std::string_view name() const override { return name_; }

  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<char> out) override {
    return offset < bytes_.size() ? bytes_.copy(out.data(), out.size(), offset) : 0;
  }

 private:
  std::size_t read_on(std::span<char> out) override {
    const std::size_t n = bytes_.copy(out.data(), out.size(), at_);
    at_ += n;
    return n;
  }

  std::string bytes_, name_;
  std::size_t at_ = 0;
};

std::unique_ptr<Source> open_bytes(const std::string& path) {
  std::error_code ignored;  // opening the file reports it
  if (path == "-") return std::make_unique<FileSource>();
  if (path.empty()) fail(Errc::invalid, "expected the name of a log, got ''");
  if (std::filesystem::is_regular_file(path, ignored)) return std::make_unique<RegularSource>(path);
  return std::make_unique<FileSource>(path);
}

}  // namespace

std::size_t Source::read(std::span<char> out) {
  if (at_ < ahead_.size()) {
    const std::size_t count = ahead_.copy(out.data(), out.size(), at_);
    at_ += count;
    return count;
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  return read_on(out);
}

std::string_view Source::peek(std::size_t limit, const Enough& enough) {
  ahead_.erase(0, std::exchange(at_, 0));
  std::size_t filled = ahead_.size();
  ahead_.resize(std::max(limit, filled));
  const auto satisfied = [&] {
    return filled > 0 && !ready_to_read() && (!enough || enough({ahead_.data(), filled}));
  };
  try {
    while (filled < limit && !failure_ && !satisfied()) {
      const std::size_t count = read_on(std::span(ahead_).subspan(filled));
      if (count == 0) break;
      filled += count;
    }
  } catch (const Error&) {
    failure_ = std::current_exception();
  }
  ahead_.resize(filled);
  return std::string_view(ahead_).substr(0, limit);
}

std::unique_ptr<Source> open_source(const std::string& path) {
  std::unique_ptr<Source> source = open_bytes(path);
  constexpr std::size_t kMagic = 4;
  const auto enough = [](std::string_view head) { return is_gzip(head) || head.size() == kMagic; };
  const std::string_view head = source->peek(kMagic, enough);
  if (is_gzip(head)) return gunzip(std::move(source));
  return is_zstd(head) ? unzstd(std::move(source)) : std::move(source);
}

std::unique_ptr<Source> memory_source(std::string bytes, std::string name) {
  return std::make_unique<MemorySource>(std::move(bytes), std::move(name));
}

}  // namespace can
