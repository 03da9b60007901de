// SPDX-License-Identifier: MIT
#include "libcan/signals/patterns.h"

#include <algorithm>

#include "cansuite/signals.h"

namespace can::signals {

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != pattern.npos) {  // the star takes one more character
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

bool selects(const Catalog& catalog, const MessageDefinition& message, const Signal& signal) {
  return catalog.patterns.empty() ||
         std::ranges::any_of(catalog.patterns, [&](const std::string& pattern) {
           return matches(pattern, message.name) || matches(pattern, signal.name) ||
                  matches(pattern, message.name + "." + signal.name);
         });
}

}  // namespace can::signals
