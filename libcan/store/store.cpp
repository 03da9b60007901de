// SPDX-License-Identifier: MIT
#include "libcan/store/store.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>

#include "libcan/model/fail.h"

namespace can::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestVehicle = 64;  // bytes of a name

std::string path_of_lock(const std::string& folder) { return folder + "/.lock"; }

File locked(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail_errno(folder, error.value());
  File file(path_of_lock(folder), O_WRONLY | O_CREAT, folder);
  lock_for_writing(file);
  return file;
}

/// Empty for what is no batch.
std::optional<canb::BatchInfo> info_in(std::span<const std::uint8_t> batch) try {
  return canb::info_of(batch);
} catch (const Error&) {
  return {};
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Store::Store(Options options)
    : options_(std::move(options)),
      lock_(locked(options_.pattern.folder())),
      index_(options_.pattern.folder(), Index::Use::write),
      ledger_(index_),
      files_(index_, options_.pattern, options_.rotate_every),
      outputs_(options_.pattern.folder(), options_.append, options_.max_open) {
  cut_back();
  note_removed();
}

/// Takes back what was written but not saved in the index.
void Store::cut_back() {
  const std::string folder = options_.pattern.folder() + "/";
  std::error_code missing;
  for (const std::string& path : outputs_.made())
    if (!index_.file(path)) fs::remove(folder + path, missing);
  outputs_.keep();
  for (const StoredFile& file : index_.current()) {
    const auto size = fs::file_size(folder + file.path, missing);
    if (!missing && size > file.size) File(folder + file.path, O_WRONLY).truncate(file.size);
  }
}

/// Takes the files that someone removed out of the index.
void Store::note_removed() {
  const std::string folder = options_.pattern.folder() + "/";
  std::vector<StoredFile> gone = index_.files();
  std::error_code unknown;
  std::erase_if(gone, [&](const StoredFile& file) {
    return fs::exists(folder + file.path, unknown) || unknown;
  });
  if (gone.empty()) return;
  std::vector<std::string> told;
  index_.begin();
  for (const StoredFile& file : gone) told.push_back(folder + text_of(index_.remove(file)));
  index_.commit();
  if (options_.on_notice)
    for (const std::string& text : told) options_.on_notice(text);
}

/// Nothing can be kept in a store that someone removed or moved: its index is no longer there.
void Store::check_folder() const {
  const std::string& folder = options_.pattern.folder();
  if (!lock_.is_at(path_of_lock(folder)))
    fail(Errc::not_found, "{}: the folder of the store was {}", folder,
         lock_.status().st_nlink == 0 ? "removed" : "moved");
}

Store::Verdict Store::put(std::string_view vehicle, std::span<const std::uint8_t> batch) {
  check_folder();
  try {
    return store(vehicle, batch);
  } catch (...) {
    forget();
    throw;
  }
}

Store::Verdict Store::store(std::string_view vehicle, std::span<const std::uint8_t> batch) {
  const auto info = info_in(batch);
  if (!info || !admits(vehicle)) return Verdict::damaged;
  const std::uint64_t next = ledger_.next(vehicle, info->run);
  if (info->number != next) return info->number < next ? Verdict::duplicate : Verdict::gap;
  if (!admit(vehicle, batch) || !decode(batch) || !place(vehicle)) return Verdict::damaged;
  write(vehicle, *info, batch);
  ledger_.advance(vehicle, info->run);
  return Verdict::stored;
}

bool Store::admits(std::string_view vehicle) const {
  return !vehicle.empty() && vehicle.size() <= kLongestVehicle &&
         (ledger_.size() < kMaxVehicles || ledger_.knows(vehicle));
}

/// Names of channels are kept until the program ends: no vehicle may have any number of them.
bool Store::admit(std::string_view vehicle, std::span<const std::uint8_t> batch) {
  auto found = channels_.find(vehicle);
  if (found == channels_.end()) {
    const auto stored = index_.channels(vehicle);
    found = channels_.emplace(vehicle, Names(stored.begin(), stored.end())).first;
  }
  Names& known = found->second;
  for (const std::string_view name : canb::names_of(batch)) {
    if (known.contains(name)) continue;
    if (known.size() >= kMaxChannels) return false;
    known.emplace(name);
  }
  return true;
}

bool Store::decode(std::span<const std::uint8_t> batch) try {
  messages_.clear();
  canb::decode(batch, messages_);
  return true;
} catch (const Error&) {
  return false;
}

/// Finds the files before anything is written to one of them.
bool Store::place(std::string_view vehicle) {
  parts_.clear();
  if (messages_.empty()) return true;
  if (!options_.pattern.by_channel())
    return add_part(vehicle, Channel(), messages_.front().timestamp);
  for (const Message& message : messages_) {
    if (!parts_.empty() && parts_.back().channel == message.channel) continue;
    if (std::ranges::find(parts_, message.channel, &Part::channel) != parts_.end()) continue;
    if (!add_part(vehicle, message.channel, messages_.front().timestamp)) return false;
  }
  return true;
}

bool Store::add_part(std::string_view vehicle, Channel channel, nanoseconds time) {
  parts_.push_back({channel, files_.find(vehicle, channel.name(), time)});
  return parts_.back().file != nullptr;
}

void Store::write(std::string_view vehicle, const canb::BatchInfo& info,
                  std::span<const std::uint8_t> batch) {
  auto gaps = gaps_.find(vehicle);
  if (gaps == gaps_.end()) gaps = gaps_.emplace(vehicle, canb::Gaps()).first;
  const std::string gap = gaps->second.before(info, messages_.size());
  for (const Part& part : parts_) {
    if (options_.append) {
      write_part(part, gap);
    } else {
      outputs_.write({part.file->stored.path, part.file->stored.size}, text_of(batch));
      part.file->count(messages_);
    }
  }
}

void Store::write_part(const Part& part, const std::string& gap) {
  std::span<const Message> chosen = messages_;
  if (options_.pattern.by_channel() && parts_.size() > 1) {
    chosen_.clear();
    for (const Message& message : messages_)
      if (message.channel == part.channel) chosen_.push_back(message);
    chosen = chosen_;
  }
  const Outputs::Target target{part.file->stored.path, part.file->stored.size};
  if (!gap.empty()) outputs_.write_event(target, gap, chosen.front().timestamp);
  outputs_.write(target, chosen);
  part.file->count(chosen);
}

void Store::begin(std::string_view vehicle, fleet::Position next) {
  if (admits(vehicle)) ledger_.skip(vehicle, next);
}

std::vector<std::string> Store::sync() {
  check_folder();
  try {
    return commit(outputs_.sync());
  } catch (...) {
    forget();
    throw;
  }
}

std::vector<std::string> Store::commit(const std::vector<Outputs::Size>& sizes) {
  index_.begin();
  files_.save(sizes);
  std::vector<std::string> advanced = ledger_.save();
  index_.commit();
  outputs_.keep();
  return advanced;
}

std::optional<fleet::Position> Store::durable(std::string_view vehicle) {
  return admits(vehicle) ? ledger_.durable(vehicle) : std::nullopt;
}

std::optional<fleet::Position> Store::durable(std::string_view vehicle, std::uint64_t run) {
  const std::uint64_t next = admits(vehicle) ? index_.next(vehicle, run) : 0;
  return next > 0 ? std::optional(fleet::Position{run, next - 1}) : std::nullopt;
}

void Store::forget() {
  outputs_.forget();
  ledger_.forget();
  files_.forget();
  gaps_.clear();
  channels_.clear();
  index_.roll_back();
  cut_back();
  note_removed();
}

}  // namespace can::store
