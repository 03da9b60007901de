// SPDX-License-Identifier: MIT
#include "formats/registry/stored_log.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cansuite/merged_log.h"
#include "libcan/model/fail.h"
#include "libcan/store/index.h"

namespace can {
namespace {

using std::chrono::nanoseconds;
using Paths = std::vector<std::string>;
using Found = store::Index::Found;

constexpr std::size_t kShown = 10;  // names of vehicles in an error

// Two files that follow each other may overlap so far: messages of two buses, out of order.
constexpr nanoseconds kOverlap = std::chrono::seconds(1);

/// "; there are car1, car2".
std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : std::span(names).first(std::min(names.size(), kShown)))
    text += (text.empty() ? "; there are " : ", ") + name;
  return text + (names.size() > kShown ? " and others" : "");
}

[[noreturn]] void refuse(store::Index& index, const StoredPart& part) {
  const auto known = index.vehicles();
  if (std::ranges::find(known, part.vehicle) != known.end())
    fail(Errc::not_found, "{}: no messages of {} at this time", part.folder, quote(part.vehicle));
  const std::string meant = did_you_mean(part.vehicle, known);
  fail(Errc::not_found, "{}: no vehicle {}{}", part.folder, quote(part.vehicle),
       meant.empty() ? list_of(known) : meant);
}

void tell_removed(const StoredPart& part, const store::RemovedFile& file) {
  const std::string text = part.folder + "/" + text_of(file);
  if (!part.on_removed) fail(Errc::not_found, "{}; --keep-going reads the rest", text);
  part.on_removed(text);
}

/// Those that were removed since the store was last written, too.
void leave_out_removed(store::Index& index, const StoredPart& part, std::vector<Found>& found) {
  for (const store::RemovedFile& file : index.removed(part.vehicle, part.from, part.to))
    tell_removed(part, file);
  std::erase_if(found, [&part](const Found& each) {
    std::error_code unknown;
    if (std::filesystem::exists(part.folder + "/" + each.path, unknown) || unknown) return false;
    tell_removed(part, {each.path, part.vehicle, {each.first, each.last, each.messages}});
    return true;
  });
}

std::vector<Found> files_of(const StoredPart& part) {
  store::Index index(part.folder, store::Index::Use::read);
  std::vector<Found> found = index.files(part.vehicle, part.from, part.to);
  leave_out_removed(index, part, found);
  if (found.empty()) refuse(index, part);
  for (Found& each : found) each.path = part.folder + "/" + each.path;
  return found;
}

/// Files of the same time, such as those of two channels, are read together.
std::vector<Paths> groups_of(const std::vector<Found>& files) {
  std::vector<Paths> groups;
  nanoseconds end{};
  for (const Found& file : files) {
    if (groups.empty() || (end < nanoseconds::min() + kOverlap || file.first >= end - kOverlap))
      groups.emplace_back();
    end = groups.back().empty() ? file.last : std::max(end, file.last);
    groups.back().push_back(file.path);
  }
  return groups;
}

class StoredLog final : public LogReader {
 public:
  StoredLog(std::vector<Paths> groups, LogOptions options, bool keep_going)
      : groups_(std::move(groups)), options_(std::move(options)), sub_keep_going_(keep_going) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled == 0 && (log_ || next_ < groups_.size())) {
      if (!log_) open_next();
      filled = log_->read(out);
      pass_warnings();
      if (filled == 0) log_.reset();
    }
  }

 private:
  void open_next() {
    std::vector<std::unique_ptr<LogReader>> logs;
    for (const std::string& path : groups_[next_++]) {
      logs.push_back(open_log(path, options_));
      logs.back()->keep_going(sub_keep_going_);
    }
    if (logs.size() == 1)
      log_ = std::move(logs.front());
    else
      log_ = std::make_unique<MergedLog>(std::move(logs));
    passed_ = 0;
  }

  void pass_warnings() {
    for (; passed_ < log_->warnings().size(); ++passed_) warn(log_->warnings()[passed_]);
  }

  const std::vector<Paths> groups_;
  const LogOptions options_;
  const bool sub_keep_going_;
  std::size_t next_ = 0;  // group
  std::unique_ptr<LogReader> log_;
  std::size_t passed_ = 0;  // warnings of log_
};

}  // namespace

std::vector<std::string> stored_logs(const StoredPart& part) {
  std::vector<std::string> paths;
  for (Found& each : files_of(part)) paths.push_back(std::move(each.path));
  return paths;
}

std::unique_ptr<LogReader> open_stored_log(const StoredPart& part, const LogOptions& options,
                                           bool keep_going) {
  return std::make_unique<StoredLog>(groups_of(files_of(part)), options, keep_going);
}

}  // namespace can
