// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "formats/support/files.h"
#include "formats/support/gzip.h"
#include "formats/support/packing.h"
#include "formats/support/patient_file.h"
#include "formats/support/replacement.h"
#include "formats/support/zstd.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"
#include "libcan/platform/standard_output.h"

namespace can {
namespace {

constexpr std::size_t kHead = 4096;
constexpr auto kSyncEvery = std::chrono::seconds(5);  // without a storage, which has its own time

/// The flags to open an output. A pipe is opened for writing only, so that a reader that leaves is
/// noticed. A file is opened with O_APPEND: a program that truncates it (logrotate) leaves no hole.
int flags_for(const std::string& path) {
  struct ::stat status {};
  const bool other = ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  return other ? O_WRONLY : O_RDWR | O_CREAT | O_APPEND;
}

/// The first `size` bytes of a file, read by offset.
class FileStart final : public Source {
 public:
  FileStart(const File& file, std::uint64_t size) : file_(file), left_(size) {}
  std::string_view name() const override { return file_.name(); }

 private:
  std::size_t read_on(std::span<char> out) override {
    const std::size_t n =
        file_.read_at(at_, out.data(), std::min<std::uint64_t>(out.size(), left_));
    at_ += n;
    left_ -= n;
    return n;
  }

  const File& file_;
  std::uint64_t at_ = 0, left_;
};

class FileSink final : public Sink {
 public:
  FileSink(const std::string& path, IfThere if_there, Storage* storage)
      : FileSink(path, if_there, path, flags_for(path)) {
    storage_ = storage;
  }
  /// For a replacement. A file that was removed, as the process ends, is not created again.
  explicit FileSink(const Replacement& replacement)
      : FileSink(replacement.path(), IfThere::replace, replacement.name(),
                 flags_for(replacement.path()) & ~O_CREAT) {}
  FileSink() : file_(standard_output(), "standard output") {}

  void write(std::string_view bytes) override {
    if (replaces_) truncate();
    if (PatientFile* const patient = patient_file()) return patient->write(bytes);
    file_.write(bytes);
  }

  bool patch(std::uint64_t offset, std::string_view bytes) override {
    if (!regular_) return false;
    if (PatientFile* const patient = patient_file())
      patient->patch(offset, bytes);
    else
      file_.write_at(offset, bytes);
    return true;
  }

  std::unique_ptr<Source> existing() const override {
    return std::make_unique<FileStart>(file_, start_);
  }

  std::uint64_t complete_lines() const override {
    char block[kHead];
    for (std::uint64_t end = start_; end > 0;) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(end, sizeof block));
      const std::string_view text(block, file_.read_at(end - size, block, size));
      if (const std::size_t newline = text.rfind('\n'); newline != text.npos)
        return end - size + newline + 1;
      end -= size;
    }
    return 0;
  }

  void cut(std::uint64_t size) override {
    if (size >= start_) return;
    file_.truncate(size);
    start_ = size;
    head_.resize(std::min<std::uint64_t>(head_.size(), size));
  }

  void truncate() override {
    file_.truncate(0);
    patient_.reset();
    replaces_ = false;
  }

  /// Removes so many of the bytes that were written last.
  void retract(std::uint64_t bytes) {
    if (PatientFile* const patient = patient_file()) return patient->retract(bytes);
    const auto size = static_cast<std::uint64_t>(file_.status().st_size);
    file_.truncate(size - std::min(size, bytes));
  }

  void flush() override {
    if (PatientFile* const patient = patient_file())
      patient->flush();
    else if (storage_)
      storage_->add_save();  // what a pipe took is gone
    else
      sync_now_and_then();
  }
  void close() override {
    if (PatientFile* const patient = file_.descriptor() < 0 ? nullptr : patient_file())
      return patient->close();
    file_.close();
    if (storage_) storage_->add_save();
  }
  bool is_terminal() const override { return ::isatty(file_.descriptor()) == 1; }
  bool replaces() const override { return replaces_; }
  std::string_view name() const override { return file_.name(); }
  std::string path() const override { return regular_ ? path_ : std::string(); }

 private:
  FileSink(const std::string& path, IfThere if_there, std::string name, int flags)
      : path_(path), file_(path, flags, std::move(name)), regular_(file_.regular()) {
    if (!regular_) return;
    lock_for_writing(file_);
    const auto size = static_cast<std::uint64_t>(file_.status().st_size);
    replaces_ = if_there == IfThere::replace && size > 0;
    if (replaces_) return;
    start_ = size;
    head_.resize(kHead);
    head_.resize(file_.read_at(0, head_.data(), head_.size()));
  }

  void sync_now_and_then() {
    const auto now = std::chrono::steady_clock::now();
    if (!regular_ || now - synced_ < kSyncEvery) return;
    synced_ = now;
    file_.sync();
  }

  /// Made by the first write or flush: appending may cut the file before. Null: none is wanted.
  PatientFile* patient_file() {
    if (!storage_ || !regular_) return nullptr;
    if (!patient_) patient_.emplace(file_, path_, *storage_);
    return &*patient_;
  }

  std::string path_;
  File file_;
  FileUse use_{file_, FileUse::Kind::write};
  bool regular_ = false;
  bool replaces_ = false;  // the old content is not removed yet
  std::chrono::steady_clock::time_point synced_ = std::chrono::steady_clock::now();
  Storage* storage_ = nullptr;
  std::optional<PatientFile> patient_;  // last: it uses the file
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
  std::unique_ptr<Source> existing() const override { return memory_source(bytes_); }
  std::uint64_t complete_lines() const override { return bytes_.rfind('\n') + 1; }
  void cut(std::uint64_t size) override {
    bytes_.resize(start_ = size);
    head_.resize(std::min<std::uint64_t>(head_.size(), size));
  }
  void close() override {}
  std::string_view name() const override { return "memory"; }

 private:
  std::string& bytes_;
};

std::unique_ptr<Sink> packed(std::unique_ptr<FileSink> sink, std::string_view name) {
  const std::string_view packing = packing_of(name);
  if (packing.empty()) return sink;
  if (packing == ".zst") return zstd(std::move(sink));
  Retract retract;
  if (!sink->path().empty())
    retract = [file = sink.get()](std::uint64_t bytes) { file->retract(bytes); };
  return gzip(std::move(sink), std::move(retract));
}

}  // namespace

std::unique_ptr<Source> Sink::existing() const {
  fail(Errc::unsupported, "{}: can't be appended to", name());
}

std::unique_ptr<Sink> create_sink(const std::string& path, IfThere if_there, Storage* storage) {
  if (path == "-") return std::make_unique<FileSink>();
  return packed(std::make_unique<FileSink>(path, if_there, storage), path);
}

std::unique_ptr<Sink> create_sink(const Replacement& replacement) {
  if (replacement.name() == "-") return std::make_unique<FileSink>();
  return packed(std::make_unique<FileSink>(replacement), replacement.name());
}

std::unique_ptr<Sink> memory_sink(std::string& bytes) {
  return std::make_unique<MemorySink>(bytes);
}

}  // namespace can
