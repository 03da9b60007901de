// SPDX-License-Identifier: MIT
#include "formats/support/stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <utility>

#include "formats/support/gzip.h"
#include "libcan/error.h"

namespace can {
namespace {

constexpr std::size_t kHead = 4096;
constexpr auto kSyncEvery = std::chrono::seconds(5);  // what a power cut may cost

/// Owns a file descriptor.
class File {
 public:
  File(std::string path, int flags)
      : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) fail_errno(path_, errno);
  }
  /// Takes part of a stream that is open anyway, standard input or output.
  File(std::string name, int descriptor, int /*owner*/)
      : path_(std::move(name)), descriptor_(::dup(descriptor)) {
    if (descriptor_ < 0) fail_errno(path_, errno);
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::size_t read(char* out, std::size_t size) {
    for (;;) {
      const ssize_t n = ::read(descriptor_, out, size);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) fail_errno(path_, errno);
    }
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
      if (n >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(n));
      else if (errno != EINTR)
        fail_errno(path_, errno);
    }
  }

  void close() {
    if (descriptor_ < 0) return;
    if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail_errno(path_, errno);
  }

  struct ::stat status() const {
    struct ::stat result {};
    if (::fstat(descriptor_, &result) != 0) fail_errno(path_, errno);
    return result;
  }

  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_;
};

class FileSource final : public Source {
 public:
  explicit FileSource(const std::string& path) : file_(path, O_RDONLY) {
    if (S_ISDIR(file_.status().st_mode)) fail_errno(path, EISDIR);
    regular_ = S_ISREG(file_.status().st_mode);
  }
  FileSource() : file_("standard input", STDIN_FILENO, 0) {}

  std::size_t read(std::span<char> out) override { return file_.read(out.data(), out.size()); }
  std::string_view name() const override { return file_.path(); }
  std::string path() const override { return regular_ ? file_.path() : std::string(); }

 private:
  File file_;
  bool regular_ = false;
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
  std::string_view name() const override { return rest_->name(); }
  std::string path() const override { return rest_->path(); }

 private:
  std::string head_;
  std::exception_ptr failure_;  // met while looking: comes behind what could be read
  std::unique_ptr<Source> rest_;
  std::size_t at_ = 0;
};

class FileSink final : public Sink {
 public:
  FileSink(const std::string& path, IfThere if_there)
      : file_(path, O_RDWR | O_CREAT | (if_there == IfThere::replace ? O_TRUNC : 0)) {
    const auto status = file_.status();
    regular_ = S_ISREG(status.st_mode);
    if (!regular_) return;
    start_ = static_cast<std::uint64_t>(status.st_size);
    head_.resize(kHead);
    head_.resize(file_.read(head_.data(), head_.size()));
    ::lseek(file_.descriptor(), 0, SEEK_END);
  }
  FileSink() : file_("standard output", STDOUT_FILENO, 0) {}

  void write(std::string_view bytes) override { file_.write(bytes); }

  bool patch(std::uint64_t offset, std::string_view bytes) override {
    if (!regular_) return false;
    while (!bytes.empty()) {
      const ssize_t n =
          ::pwrite(file_.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (n < 0 && errno != EINTR) fail_errno(file_.path(), errno);
      if (n <= 0) continue;
      offset += static_cast<std::uint64_t>(n);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  void flush() override {
    const auto now = std::chrono::steady_clock::now();
    if (!regular_ || now - synced_ < kSyncEvery) return;
    synced_ = now;
    if (::fdatasync(file_.descriptor()) != 0) fail_errno(file_.path(), errno);
  }

  void close() override { file_.close(); }
  std::string_view name() const override { return file_.path(); }
  std::string path() const override { return regular_ ? file_.path() : std::string(); }

 private:
  File file_;
  bool regular_ = false;
  std::chrono::steady_clock::time_point synced_ = std::chrono::steady_clock::now();
};

class MemorySink final : public Sink {
 public:
  explicit MemorySink(std::string& bytes) : bytes_(bytes) {
    head_ = bytes.substr(0, kHead);
    start_ = bytes.size();
  }
  void write(std::string_view bytes) override { bytes_ += bytes; }
  bool patch(std::uint64_t offset, std::string_view bytes) override {
    bytes_.replace(offset, bytes.size(), bytes);
    return true;
  }
  void close() override {}
  std::string_view name() const override { return "memory"; }

 private:
  std::string& bytes_;
};

}  // namespace

std::unique_ptr<Source> open_source(const std::string& path) {
  std::unique_ptr<Source> source =
      path == "-" ? std::make_unique<FileSource>() : std::make_unique<FileSource>(path);
  return is_gzip(peek(source, 2)) ? gunzip(std::move(source)) : std::move(source);
}

std::unique_ptr<Source> memory_source(std::string bytes, std::string name) {
  return std::make_unique<MemorySource>(std::move(bytes), std::move(name));
}

std::string peek(std::unique_ptr<Source>& source, std::size_t most) {
  std::string head(most, '\0');
  std::size_t filled = 0;
  std::exception_ptr failure;
  try {
    while (filled < most) {
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

std::unique_ptr<Sink> create_sink(const std::string& path, IfThere if_there) {
  if (path == "-") return std::make_unique<FileSink>();
  auto sink = std::make_unique<FileSink>(path, if_there);
  if (path.ends_with(".gz")) return gzip(std::move(sink));
  return sink;
}

std::unique_ptr<Sink> memory_sink(std::string& bytes) {
  return std::make_unique<MemorySink>(bytes);
}

}  // namespace can
