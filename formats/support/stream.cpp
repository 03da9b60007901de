// SPDX-License-Identifier: MIT
#include "formats/support/stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "libcan/platform/file_use.h"
#include "formats/support/gzip.h"
#include "formats/support/regular_source.h"
#include "libcan/model/error.h"

namespace can {
namespace {

/// Standard input, a pipe, a device.
class FileSource final : public Source {
 public:
  explicit FileSource(const std::string& path) : file_(path, O_RDONLY) {
    if (S_ISDIR(file_.status().st_mode)) fail_errno(path, EISDIR);
  }
  FileSource() : file_(STDIN_FILENO, "standard input") {}

  std::size_t read(std::span<char> out) override { return file_.read(out.data(), out.size()); }
  bool ready() const override { return file_.readable(); }
  std::string_view name() const override { return file_.name(); }

 private:
  File file_;
  FileUse use_{file_, FileUse::Kind::read};
};

class MemorySource final : public Source {
 public:
  MemorySource(std::string bytes, std::string name)
      : bytes_(std::move(bytes)), name_(std::move(name)) {}
  std::size_t read(std::span<char> out) override {
    const std::size_t n = bytes_.copy(out.data(), out.size(), at_);
    at_ += n;
    return n;
  }
  std::string_view name() const override { return name_; }

 private:
  std::string bytes_, name_;
  std::size_t at_ = 0;
};

/// A source of which the first bytes were looked at before.
class PeekedSource final : public Source {
 public:
  PeekedSource(std::string head, std::exception_ptr failure, std::unique_ptr<Source> rest)
      : head_(std::move(head)), failure_(std::move(failure)), rest_(std::move(rest)) {}
  std::size_t read(std::span<char> out) override {
    if (at_ == head_.size() && failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (at_ == head_.size()) return rest_->read(out);
    const std::size_t n = head_.copy(out.data(), out.size(), at_);
    at_ += n;
    return n;
  }
  bool ready() const override { return at_ < head_.size() || failure_ || rest_->ready(); }
  std::string_view name() const override { return rest_->name(); }
  std::string path() const override { return rest_->path(); }

 private:
  std::string head_;
  std::exception_ptr failure_;  // met while looking: comes behind what could be read
  std::unique_ptr<Source> rest_;
  std::size_t at_ = 0;
};

std::unique_ptr<Source> open_bytes(const std::string& path) {
  std::error_code ignored;  // it is met again when the file is opened
  if (path == "-") return std::make_unique<FileSource>();
  if (path.empty()) fail(Errc::invalid, "expected the name of a log, got ''");
  if (std::filesystem::is_regular_file(path, ignored)) return std::make_unique<RegularSource>(path);
  return std::make_unique<FileSource>(path);
}

}  // namespace

std::unique_ptr<Source> open_source(const std::string& path) {
  std::unique_ptr<Source> source = open_bytes(path);
  const auto two = [](std::string_view head) { return head.size() == 2; };
  return is_gzip(peek(source, 2, two)) ? gunzip(std::move(source)) : std::move(source);
}

std::unique_ptr<Source> memory_source(std::string bytes, std::string name) {
  return std::make_unique<MemorySource>(std::move(bytes), std::move(name));
}

std::string peek(std::unique_ptr<Source>& source, std::size_t most, const Enough& enough) {
  std::string head(most, '\0');
  std::size_t filled = 0;
  std::exception_ptr failure;
  try {
    const auto satisfied = [&] {
      return filled > 0 && !source->ready() && (!enough || enough({head.data(), filled}));
    };
    while (filled < most && !satisfied()) {
      const std::size_t n = source->read(std::span(head).subspan(filled));
      if (n == 0) break;
      filled += n;
    }
  } catch (const Error&) {
    failure = std::current_exception();
  }
  head.resize(filled);
  source = std::make_unique<PeekedSource>(head, failure, std::move(source));
  return head;
}

}  // namespace can
