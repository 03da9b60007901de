// SPDX-License-Identifier: MIT
#include "formats/rotation.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "formats/registry.h"
#include "libcan/error.h"

namespace can {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiece = 256;  // messages between two looks at the size

std::string time_text() {
  const CivilTime t = to_civil(std::chrono::system_clock::now().time_since_epoch(), TimeZone{});
  return fmt::format("{:04}-{:02}-{:02}T{:02}{:02}{:02}", t.year, t.month, t.day, t.hour, t.minute,
                     t.second);
}

/// Whether `text` looks like 'pattern', in which 0 stands for any digit.
bool looks_like(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::equal(text.begin(), text.end(), pattern.begin(), [](char c, char like) {
           return like == '0' ? c >= '0' && c <= '9' : c == like;
         });
}

/// The names of a log's completed parts.
class PartNames {
 public:
  explicit PartNames(const std::string& path) : folder_(fs::path(path).parent_path()) {
    const std::string name = fs::path(path).filename();
    const std::size_t dot = name.find('.', 1);
    stem_ = name.substr(0, dot);
    suffix_ = dot == name.npos ? "" : name.substr(dot);
    if (folder_.empty()) folder_ = ".";
  }

  fs::path next() {
    for (;;) {  // two runs within a second must not meet
      fs::path path = folder_ / fmt::format("{}_{}_#{:03}{}", stem_, time_text(), number_++, suffix_);
      if (!fs::exists(path)) return path;
    }
  }

  /// Those that are there, oldest first.
  std::vector<fs::path> existing() const {
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored))
      if (is_part(entry.path().filename().string())) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  bool is_part(std::string_view name) const {
    if (!name.starts_with(stem_) || !name.ends_with(suffix_) ||
        name.size() < stem_.size() + suffix_.size())
      return false;
    name = name.substr(stem_.size(), name.size() - stem_.size() - suffix_.size());
    const std::size_t digits = name.size() - std::min(name.size(), name.find('#') + 1);
    return looks_like(name, "_0000-00-00T000000_#" + std::string(std::max<std::size_t>(digits, 3), '0'));
  }

  fs::path folder_;
  std::string stem_, suffix_;
  unsigned number_ = 0;
};

class RotatingWriter final : public LogWriter {
 public:
  RotatingWriter(const std::string& path, const LogOptions& options, const Format& format,
                 IfThere if_there, const Rotation& rotation)
      : path_(path), options_(options), format_(format), rotation_(rotation), names_(path) {
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
  void comment(std::string_view text) override { writer_->comment(text); }
  void flush() override { writer_->flush(); }
  std::uint64_t size() const override { return writer_->size(); }
  void close() override { writer_->close(); }

 private:
  void open(IfThere if_there) {
    writer_ = create_log(path_, options_, &format_, if_there);
    opened_ = Clock::now();
    empty_ = true;
  }

  bool due() const {
    return !empty_ && (writer_->size() >= rotation_.most_bytes ||
                       (rotation_.every != std::chrono::nanoseconds::max() &&
                        Clock::now() - opened_ >= rotation_.every));
  }

  void rotate() {
    writer_->close();
    const fs::path part = names_.next();
    std::error_code error;
    fs::rename(path_, part, error);
    if (error) fail(Errc::io, "{}: can't be renamed to {}: {}", path_, part.string(), error.message());
    delete_old_parts();
    open(IfThere::replace);
  }

  void delete_old_parts() const {
    if (rotation_.keep == UINT64_MAX) return;
    const std::vector<fs::path> parts = names_.existing();
    for (std::size_t i = 0; i + rotation_.keep < parts.size(); ++i) {
      std::error_code error;
      fs::remove(parts[i], error);
      if (error) fail(Errc::io, "{}: can't be deleted: {}", parts[i].string(), error.message());
    }
  }

  std::string path_;
  LogOptions options_;
  const Format& format_;
  Rotation rotation_;
  PartNames names_;
  std::unique_ptr<LogWriter> writer_;
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
