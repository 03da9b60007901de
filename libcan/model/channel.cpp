// SPDX-License-Identifier: MIT
#include "cansuite/channel.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "libcan/model/ascii.h"

namespace can {
namespace {

// An entry is written once, under the mutex, before its handle exists. So reading needs no lock.
constinit std::array<std::string_view, 65'536> table{};

// By number_channel(): the number and kNumbered; 0: derived from the name.
constinit std::array<std::atomic<std::uint32_t>, 65'536> numbers{};
constexpr std::uint32_t kNumbered = 1u << 31;

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

/// FNV-1a with 32 bits.
std::uint32_t checksum(std::string_view text) {
  std::uint32_t sum = 2'166'136'261;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 16'777'619;
  return sum;
}

/// The start of `name` and a checksum, so that different names stay different.
std::string cut(const std::string& name) {
  constexpr std::size_t kSumSize = 9;
  std::size_t size = kLongestName - kSumSize;
  const auto is_inside = [&] { return (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80; };
  while (size > 0 && is_inside()) --size;  // not within a character of UTF-8
  return fmt::format("{}~{:08x}", name.substr(0, size), checksum(name));
}

/// The name as the table has it.
std::string clean(std::string_view name) {
  std::string kept = escaped(name);
  return kept.size() <= kLongestName ? kept : cut(kept);
}

/// Counted from 0 behind letters, from 1 in a name of digits only.
unsigned number_in(std::string_view name) {
  const std::size_t letters = name.find_first_of("0123456789");
  if (letters == name.npos || !is_number(name.substr(letters))) return 0;
  unsigned value = 0;
  const auto parsed = std::from_chars(name.data() + letters, name.data() + name.size(), value);
  if (parsed.ec != std::errc{} || value > 65'534) return 0;
  return letters == 0 ? value : value + 1;
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

void number_channel(std::string_view name, unsigned number) {
  if (const Channel channel(name); channel)
    numbers[channel.index()].store(number | kNumbered, std::memory_order_relaxed);
}

unsigned Channel::number() const {
  const std::uint32_t set = numbers[index_].load(std::memory_order_relaxed);
  return set != 0 ? set & ~kNumbered : number_in(name());
}

bool same_channel(Channel a, Channel b) {
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
