// SPDX-License-Identifier: MIT
#include "cansuite/rotation.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "formats/registry/part_name.h"
#include "formats/registry/registry.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"

namespace can {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiece = 256;  // messages between two checks of the size

std::string time_text() {
  const CivilTime t = to_civil(std::chrono::system_clock::now().time_since_epoch(), TimeZone{});
  return fmt::format("{:04}-{:02}-{:02}T{:02}{:02}{:02}", t.year, t.month, t.day, t.hour, t.minute,
                     t.second);
}

/// A completed part of a log. Parts are numbered in the order of their completion, over all runs:
/// clocks may be wrong or set back.
struct Part {
  std::uint64_t number = 0;
  std::string path;
  auto operator<=>(const Part&) const = default;
};

/// The number in "_2026-11-21T142501_#000", the text between stem and suffix.
std::optional<std::uint64_t> part_number(std::string_view text) {
  constexpr std::string_view kTime = "_0000-00-00T000000_#";
  constexpr std::size_t kMinDigits = 3, kMaxDigits = 12;  // a longer number is none of ours
  if (text.size() < kTime.size() + kMinDigits || text.size() > kTime.size() + kMaxDigits)
    return std::nullopt;
  const std::string_view digits = text.substr(kTime.size());
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!matches_pattern(text.substr(0, kTime.size()), kTime) || parsed.ec != std::errc() ||
      parsed.ptr != digits.data() + digits.size())
    return std::nullopt;
  return number;
}

/// The existing parts, oldest first.
std::vector<Part> existing_parts(const PartName& name) {
  const fs::path stem = name.stem;
  const std::string start = stem.filename().string();
  std::vector<Part> found;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(
           stem.has_parent_path() ? stem.parent_path() : fs::path("."), ignored)) {
    if (!entry.is_regular_file(ignored) || entry.is_symlink(ignored)) continue;
    const std::string file = entry.path().filename().string();
    if (!file.starts_with(start) || !file.ends_with(name.suffix) ||
        file.size() < start.size() + name.suffix.size())
      continue;
    const std::string_view between = std::string_view(file).substr(
        start.size(), file.size() - start.size() - name.suffix.size());
    if (const auto number = part_number(between)) found.push_back({*number, entry.path().string()});
  }
  std::sort(found.begin(), found.end());
  return found;
}

class RotatingWriter final : public LogWriter {
 public:
  RotatingWriter(const std::string& path, const LogOptions& options, const Format& format,
                 IfThere if_there, const Rotation& rotation)
      : path_(path), options_(options), format_(format), rotation_(rotation), name_(path, format) {
    refuse_long_name();
    const std::vector<Part> parts = existing_parts(name_);
    if (!parts.empty()) next_number_ = parts.back().number + 1;
    if (if_there == IfThere::replace) complete_earlier_run();
    open(if_there);
  }

  void write(std::span<const Message> messages) override {
    while (!messages.empty()) {
      if (due()) rotate();
      const auto piece = messages.first(std::min(messages.size(), kPiece));
      writer_->write(piece);
      empty_ = false;
      messages = messages.subspan(piece.size());
    }
  }
  void flush() override { writer_->flush(); }
  std::uint64_t size() const override { return writer_->size(); }
  void close() override { writer_->close(); }

 protected:
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) override {
    return writer_->event(text, at);
  }

 private:
  void open(IfThere if_there) {
    writer_ = create_log(path_, options_, &format_, if_there);
    ::stat(path_.c_str(), &identity_);
    opened_ = Clock::now();
    empty_ = true;
  }

  bool due() const {
    return !empty_ && (writer_->size() >= rotation_.max_bytes ||
                       (rotation_.every != std::chrono::nanoseconds::max() &&
                        Clock::now() - opened_ >= rotation_.every));
  }

  void rotate() {
    writer_->close();
    if (is_ours())
      complete();
    else
      report(fmt::format("{}: was moved or removed; a new one is begun", path_));
    open(IfThere::replace);
  }

  /// Whether the log still has its name.
  bool is_ours() const {
    struct ::stat now {};
    return ::lstat(path_.c_str(), &now) == 0 && now.st_dev == identity_.st_dev &&
           now.st_ino == identity_.st_ino;
  }

  void report(const std::string& text) const {
    if (options_.on_notice) options_.on_notice(text);
  }

  /// Completes the log of an earlier run that was stopped, or ended by a power cut.
  void complete_earlier_run() {
    std::error_code ignored;
    if (!fs::is_regular_file(path_, ignored) || fs::file_size(path_, ignored) == 0) return;
    {
      const File file(path_, O_RDWR);
      const FileUse use(file, FileUse::Kind::write);
      lock_for_writing(file);
    }
    repair();
    complete();
  }

  /// Appending nothing cuts the log of a killed writer at its last complete object or line.
  void repair() const {
    if (format_.appends == Appends::no) return;
    try {
      create_log(path_, options_, &format_, IfThere::append)->close();
    } catch (const Error&) {  // no sound log: it is renamed as it is
    }
  }

  /// Throws at the start, not at the first rotation.
  void refuse_long_name() const {
    constexpr std::size_t kLongest = 255;  // the limit of most file systems
    const std::string part = name_.of("0000-00-00T000000_#000000000");
    if (fs::path(part).filename().string().size() > kLongest)
      fail(Errc::invalid, "{}: the name is too long for that of a completed part", path_);
  }

  void complete() {
    const std::string part = name_.of(fmt::format("{}_#{:03}", time_text(), next_number_++));
    rename_to_free_name(path_, part);
    if (const std::string journal = path_ + "-journal"; format_.needs_file && fs::exists(journal))
      rename_to_free_name(journal, part + "-journal");  // of a database that can't be repaired
    delete_old_parts();
  }

  void delete_old_parts() const {
    if (rotation_.keep == UINT64_MAX) return;
    const std::vector<Part> parts = existing_parts(name_);
    for (std::size_t i = 0; i + rotation_.keep < parts.size(); ++i) {
      std::error_code error;
      fs::remove(parts[i].path, error);  // recording continues after an error
      if (error) report(fmt::format("{}: can't be deleted: {}", parts[i].path, error.message()));
    }
  }

  std::string path_;
  LogOptions options_;
  const Format& format_;
  Rotation rotation_;
  PartName name_;
  std::uint64_t next_number_ = 0;
  std::unique_ptr<LogWriter> writer_;
  struct ::stat identity_ {};  // of the opened file
  Clock::time_point opened_;
  bool empty_ = true;  // a part holds at least one message
};

}  // namespace

std::unique_ptr<LogWriter> create_rotating_log(const std::string& path, const LogOptions& options,
                                               const Format& format, IfThere if_there,
                                               const Rotation& rotation) {
  if (path == "-") fail(Errc::unsupported, "standard output can't be rotated; -f names a file");
  return std::make_unique<RotatingWriter>(path, options, format, if_there, rotation);
}

}  // namespace can
