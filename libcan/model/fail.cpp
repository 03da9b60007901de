// SPDX-License-Identifier: MIT
#include "libcan/model/fail.h"

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <system_error>
#include <utility>
#include <vector>

#include "libcan/model/ascii.h"

namespace can {

void fail_expected(std::string_view what, std::string_view got) {
  fail(Errc::corrupt, "expected {}, got {}", what, quote(got));
}

void fail_at(std::string_view where, const Error& error) {
  throw Error(error.code(), fmt::format("{}: {}", where, error.what()));
}

void fail_errno(std::string_view where, int error_number) {
  const Errc code = error_number == ENOENT || error_number == ENODEV ? Errc::not_found
                    : error_number == EPIPE                          ? Errc::closed
                                                                     : Errc::io;
  std::string text = std::generic_category().message(error_number);
  if (!text.empty()) text[0] = to_lower(text[0]);
  fail(code, "{}: {}", where, text);
}

std::string quote(std::string_view text) {
  constexpr std::size_t kMax = 40;
  std::size_t end = std::min(kMax, text.size());
  while (end > 0 && end < text.size() && (text[end] & 0xC0) == 0x80) --end;  // inside a character
  return fmt::format("'{}{}'", escaped(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace can
