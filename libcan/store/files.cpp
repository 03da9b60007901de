// SPDX-License-Identifier: MIT
#include "libcan/store/files.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

namespace can::store {
namespace {

/// The start of the time of the file that a message belongs into.
std::optional<nanoseconds> window_of(nanoseconds time, nanoseconds every) {
  constexpr auto kEarliest = std::numeric_limits<std::int64_t>::min();
  if (every.count() == 0) return {};
  if (time.count() < kEarliest + every.count()) return nanoseconds(kEarliest);
  const auto into = time % every;
  return time - into - (into.count() < 0 ? every : nanoseconds{});
}

void widen(Span& span, nanoseconds time) {
  span.first = span.messages == 0 ? time : std::min(span.first, time);
  span.last = span.messages == 0 ? time : std::max(span.last, time);
  ++span.messages;
}

bool is_there(const std::string& path) {
  std::error_code ignored;  // writing the file tells
  return std::filesystem::exists(path, ignored);
}

}  // namespace

void LogFile::count(std::span<const Message> messages) {
  Span* span = nullptr;
  Channel of;
  for (const Message& message : messages) {
    if (!span || message.channel != of) span = &spans[of = message.channel];
    widen(*span, message.timestamp);
  }
}

LogFile* Files::find(std::string_view vehicle, std::string_view channel, nanoseconds time) {
  LogFile*& file = current(vehicle, channel);
  const auto window = window_of(time, every_);
  if (file && stays(file->stored, window)) return file;
  LogFile* const next = find_next({.path = {},
                                   .vehicle = std::string(vehicle),
                                   .channel = std::string(channel),
                                   .window = window});
  if (next) file = next;
  return next;
}

/// A path that another vehicle's file or a file of someone else has is passed over.
LogFile* Files::find_next(StoredFile wanted) {
  for (unsigned copy = 1;; ++copy) {
    wanted.path = pattern_.path_of(wanted.vehicle, wanted.channel, wanted.window, copy);
    if (wanted.path.empty()) return nullptr;
    if (LogFile* const known = find_known(wanted.path)) {
      const StoredFile& there = known->stored;
      if (there.vehicle == wanted.vehicle && there.channel == wanted.channel) return known;
    } else if (!is_there(pattern_.folder() + "/" + wanted.path)) {
      return &files_.emplace(wanted.path, LogFile{wanted, {}}).first->second;
    }
  }
}

LogFile*& Files::current(std::string_view vehicle, std::string_view channel) {
  auto of_vehicle = current_.find(vehicle);
  if (of_vehicle == current_.end()) of_vehicle = current_.emplace(vehicle, Current()).first;
  const auto found = of_vehicle->second.find(channel);
  if (found != of_vehicle->second.end()) return found->second;
  LogFile*& file = of_vehicle->second[std::string(channel)];
  if (const auto stored = index_.current(vehicle, channel)) file = find_known(stored->path);
  return file;
}

/// Messages a little before the file's time stay in it: those of two buses may be out of order.
bool Files::stays(const StoredFile& file, std::optional<nanoseconds> window) const {
  if (!file.path.ends_with(pattern_.suffix())) return false;  // of another format
  if (!window || !file.window) return window == file.window;
  return *window == *file.window || (*window < *file.window && *window >= *file.window - every_);
}

/// A file that was written since the last save(), or is in the index; null for none.
LogFile* Files::find_known(const std::string& path) {
  if (const auto found = files_.find(path); found != files_.end()) return &found->second;
  const auto stored = index_.file(path);
  return stored ? &files_.emplace(path, LogFile{*stored, {}}).first->second : nullptr;
}

bool Files::is_current(const StoredFile& file) const {
  const auto of_vehicle = current_.find(file.vehicle);
  if (of_vehicle == current_.end()) return false;
  const auto found = of_vehicle->second.find(file.channel);
  return found != of_vehicle->second.end() && found->second && &found->second->stored == &file;
}

void Files::save(const std::vector<Outputs::Size>& sizes) {
  for (const auto& [path, size] : sizes) {
    LogFile& file = files_.at(path);
    file.stored.size = size;
    index_.put(file.stored);
    for (const auto& [channel, span] : std::exchange(file.spans, {}))
      index_.widen(file.stored, channel.name(), span);
    if (is_current(file.stored)) index_.make_current(file.stored);
  }
  std::erase_if(files_, [this](const auto& each) { return !is_current(each.second.stored); });
}

void Files::forget() {
  current_.clear();
  files_.clear();
}

}  // namespace can::store
