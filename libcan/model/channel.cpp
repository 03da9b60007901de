// SPDX-License-Identifier: MIT
#include "libcan/model/channel.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace can {
namespace {

// Written once, under the mutex, before any handle to the entry exists; so read without it.
constinit std::array<std::string_view, 65'536> table{};

constexpr std::size_t kLongestName = 64;

struct Index {
  std::mutex mutex;
  std::deque<std::string> names;  // a deque: a name never moves
  std::unordered_map<std::string_view, std::uint16_t> by_name;
};

Index& index_of_names() {
  static Index instance;
  return instance;
}

bool is_number(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

/// As it is kept: short, and with nothing that a terminal would obey.
std::string clean(std::string_view name) {
  std::size_t size = std::min(name.size(), kLongestName);
  const auto is_inside = [&] { return (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80; };
  while (size > 0 && size < name.size() && is_inside()) --size;  // in a character of UTF-8
  std::string kept(name.substr(0, size));
  for (char& c : kept)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = '_';
  return kept;
}

}  // namespace

Channel::Channel(std::string_view given) {
  if (given.empty()) return;
  const std::string name = clean(given);
  Index& all = index_of_names();
  std::lock_guard lock(all.mutex);
  if (auto found = all.by_name.find(name); found != all.by_name.end()) {
    index_ = found->second;
    return;
  }
  if (all.names.size() + 1 == table.size()) return;
  const std::string_view kept = all.names.emplace_back(name);
  index_ = static_cast<std::uint16_t>(all.names.size());
  table[index_] = kept;
  all.by_name.emplace(kept, index_);
}

std::string_view Channel::name() const { return table[index_]; }

unsigned Channel::number() const {
  const std::string_view text = name();
  const std::size_t letters = text.find_first_of("0123456789");
  if (letters == text.npos || text.find_first_not_of("0123456789", letters) != text.npos) return 0;
  unsigned value = 0;
  const auto parsed = std::from_chars(text.data() + letters, text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || value > 65'534) return 0;
  return letters == 0 ? value : value + 1;
}

bool same_channel(Channel a, Channel b) {
  if (a == b) return true;
  return (is_number(a.name()) || is_number(b.name())) && a.number() != 0 &&
         a.number() == b.number();
}

bool same_when_numbered(Channel a, Channel b) {
  const auto counts = [](Channel channel) {
    const std::string_view name = channel.name();
    return is_number(name) || (name.starts_with("can") && is_number(name.substr(3)));
  };
  return a == b || (counts(a) && counts(b) && a.number() != 0 && a.number() == b.number());
}

Channel SameChannels::find(Channel channel) {
  for (auto& group : groups_) {
    const auto same = [channel](Channel other) { return same_channel(channel, other); };
    if (!std::all_of(group.begin(), group.end(), same)) continue;
    group.push_back(channel);
    return group.front();
  }
  groups_.push_back({channel});
  return channel;
}

}  // namespace can
