// SPDX-License-Identifier: MIT
#include "cansuite/rotation.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "formats/registry/part_name.h"
#include "formats/registry/registry.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"
#include "libcan/model/quantity.h"
#include "libcan/platform/file_use.h"
#include "libcan/platform/storage.h"

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
    if (rotation_.wanted()) prepare_parts(if_there);
    open(if_there);
  }

  void write(std::span<const Message> messages) override {
    while (!messages.empty()) {
      if (due()) rotate();
      if (!writer_) return hold(messages);
      const auto piece = messages.first(std::min(messages.size(), kPiece));
      writer_->write(piece);
      count_ += piece.size();
      make_room();
      messages = messages.subspan(piece.size());
    }
  }
  void flush() override {
    if (!writer_ && !begin_part()) return;
    writer_->flush();
    make_room();
    if (!options_.storage) return;
    if (const auto removal = options_.storage->drain_removal()) begin_anew(*removal);
  }
  std::uint64_t size() const override { return writer_ ? writer_->size() : 0; }
  void close() override {
    if (!writer_ && !begin_part()) fail(Errc::io, "{}", options_.storage->trouble());
    writer_->close();
  }

 protected:
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) override {
    return writer_ && writer_->event(text, at);
  }

 private:
  void open(IfThere if_there) {
    writer_ = create_log(path_, options_, &format_, if_there);
    ::stat(path_.c_str(), &identity_);
    opened_ = Clock::now();
    count_ = 0;
  }

  void prepare_parts(IfThere if_there) {
    refuse_long_name();
    const std::vector<Part> parts = existing_parts(name_);
    if (!parts.empty()) next_number_ = parts.back().number + 1;
    if (if_there == IfThere::replace) complete_earlier_run();
  }

  bool stalled() const { return options_.storage && options_.storage->stalled(); }

  bool due() const {
    if (count_ == 0 || !writer_ || stalled()) return false;
    return (writer_->size() >= rotation_.max_bytes ||
            (rotation_.every != std::chrono::nanoseconds::max() &&
             Clock::now() - opened_ >= rotation_.every));
  }

  void rotate() {
    if (options_.storage) flush();
    if (stalled() || count_ == 0) return;  // the part gets longer, or was begun anew
    close_part();
    to_complete_ = is_ours();
    if (!to_complete_) report(fmt::format("{}: was moved or removed; a new one is begun", path_));
    begin_part();
  }

  void close_part() try { std::exchange(writer_, nullptr)->close(); } catch (const Error& error) {
    if (!options_.storage) throw;
    options_.storage->add_fault(error.what());
  }

  /// Completes the last part and opens the next. False where that fails: the storage is stalled,
  /// and the next flush tries again.
  bool begin_part() try {
    if (to_complete_) complete();
    to_complete_ = false;
    open(IfThere::replace);
    if (options_.storage) options_.storage->resume();
    const std::vector<Message> held = std::exchange(held_, {});
    if (!held.empty()) write(held);
    return true;
  } catch (const Error& error) {
    if (!options_.storage || writer_) throw;
    options_.storage->stall(error.what());
    return false;
  }

  /// Keeps the rest of a batch, at most, until the next part is open.
  void hold(std::span<const Message> messages) {
    held_.insert(held_.end(), messages.begin(), messages.end());
  }

  /// After the removal of the log, which nobody can read any more, or its move.
  void begin_anew(const Storage::Removal& removal) {
    const std::uint64_t lost = removal.moved ? removal.unsaved : count_;
    const std::string messages = counted(lost, "message");
    report(fmt::format("{}: was {}; a new one is begun", path_,
                       !removal.moved ? "removed with " + messages
                       : lost > 0     ? "moved without " + messages
                                      : "moved"));
    options_.storage->add_removed(lost);
    close_part();
    begin_part();
  }

  /// With a limit of the number of parts, the oldest give way before a message is lost.
  void make_room() {
    while (stalled() && disk_is_full() && delete_oldest_part()) writer_->flush();
  }

  bool disk_is_full() const {
    constexpr std::uintmax_t kFull = 1024 * 1024;
    std::error_code error;
    return fs::space(path_, error).available < kFull && !error;
  }

  bool delete_oldest_part() const {
    if (!rotation_.deletes()) return false;
    const std::vector<Part> parts = existing_parts(name_);
    std::error_code error;
    if (parts.empty() || !fs::remove(parts.front().path, error)) return false;
    report(fmt::format("{}: deleted, as the disk is full", parts.front().path));
    return true;
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
    if (!rotation_.deletes()) return;
    const std::vector<Part> parts = existing_parts(name_);
    for (std::size_t i = 0; i < first_kept(parts); ++i) {
      std::error_code error;
      fs::remove(parts[i].path, error);  // recording continues after an error
      if (error) report(fmt::format("{}: can't be deleted: {}", parts[i].path, error.message()));
    }
  }

  std::size_t first_kept(const std::vector<Part>& parts) const {
    std::size_t first = parts.size();
    for (std::uint64_t bytes = 0; first > 0 && parts.size() - first < rotation_.keep; --first) {
      std::error_code error;
      const std::uintmax_t size = fs::file_size(parts[first - 1].path, error);
      if (!error) bytes += size;
      if (bytes > rotation_.keep_bytes) break;
    }
    return first;
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
  std::uint64_t count_ = 0;    // messages in the part, which holds at least one
  bool to_complete_ = false;   // the last part has still to be renamed
  std::vector<Message> held_;  // for the next part
};

}  // namespace

std::unique_ptr<LogWriter> create_rotating_log(const std::string& path, const LogOptions& options,
                                               const Format& format, IfThere if_there,
                                               const Rotation& rotation) {
  check_writable(path, variant_of(format, options), options);
  if (path == "-") fail(Errc::invalid, "standard output can't be rotated; -f names a file");
  return std::make_unique<RotatingWriter>(path, options, format, if_there, rotation);
}

}  // namespace can
