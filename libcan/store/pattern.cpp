// SPDX-License-Identifier: MIT
#include "libcan/store/pattern.h"

#include <algorithm>
#include <utility>

#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"
#include "libcan/model/file_name_text.h"

namespace can::store {
namespace {

constexpr std::size_t kLongestName = 255;  // bytes: that of all usual file systems

/// A name that is never hidden, "." or "..", nor empty.
std::string name_text(std::string_view name) {
  if (name.empty()) return "%none";  // no name becomes that: behind '%' are digits
  const std::string text = file_name_text(name);
  return text.front() == '.' ? "%2E" + text.substr(1) : text;
}

void check_letters(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('%', at)) != text.npos; ++at)
    if (const auto name = text.substr(at, 2); name != "%v" && name != "%c")
      fail(Errc::invalid, "expected %v, the vehicle, or %c, the channel, got {}", quote(name));
}

std::string replaced(std::string text, std::string_view letter, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(letter, at)) != text.npos; at += by.size())
    text.replace(at, letter.size(), by);
  return text;
}

std::string window_text(std::chrono::nanoseconds start) {
  const CivilTime civil = to_civil(start, {.local = false});
  return fmt::format("_{:04}-{:02}-{:02}T{:02}{:02}{:02}Z", civil.year, civil.month, civil.day,
                     civil.hour, civil.minute, civil.second);
}

bool fits(std::string_view path) {
  while (!path.empty()) {
    const std::size_t size = std::min(path.find('/'), path.size());
    if (size > kLongestName) return false;
    path.remove_prefix(std::min(size + 1, path.size()));
  }
  return true;
}

}  // namespace

Pattern::Pattern(const std::string& stem, std::string suffix) : suffix_(std::move(suffix)) {
  check_letters(stem);
  if (suffix_.find('%') != suffix_.npos || stem.find("%v") == stem.npos)
    fail(Errc::invalid, "{}{}: expected a name with %v, the vehicle, as in store/%v/%c.blf", stem,
         suffix_);
  const std::size_t slash = stem.substr(0, stem.find('%')).find_last_of('/');
  folder_ = slash == stem.npos ? "." : slash == 0 ? "/" : stem.substr(0, slash);
  stem_ = stem.substr(slash == stem.npos ? 0 : slash + 1);
  by_channel_ = stem_.find("%c") != stem_.npos;
}

std::string Pattern::path_of(std::string_view vehicle, std::string_view channel,
                             std::optional<std::chrono::nanoseconds> window, unsigned copy) const {
  // The channel's text has no "%v", which begins with no digit.
  std::string path = replaced(replaced(stem_, "%c", name_text(channel)), "%v", name_text(vehicle));
  if (window) path += window_text(*window);
  if (copy > 1) path += fmt::format("_#{}", copy);
  path += suffix_;
  return fits(path) ? path : "";
}

}  // namespace can::store
