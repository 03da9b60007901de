// SPDX-License-Identifier: MIT
#include "apps/option_rules.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::cli {

bool is_given(const CLI::App& app, const std::string& option) {
  return app.get_option(option)->count() > 0;
}

void refuse(const CLI::App& app, const OptionNames& options, std::string_view what) {
  for (const std::string& option : options)
    if (is_given(app, option)) fail(Errc::invalid, "{}: not allowed with {}", option, what);
}

void refuse_beside(const CLI::App& app, const std::string& other, const OptionNames& options) {
  if (is_given(app, other)) refuse(app, options, other);
}

void refuse_without(const CLI::App& app, const OptionNames& others, const OptionNames& options) {
  const auto given = [&app](const std::string& option) { return is_given(app, option); };
  if (std::ranges::any_of(others, given)) return;
  const auto found = std::ranges::find_if(options, given);
  if (found != options.end()) fail(Errc::invalid, "{} needs {}", *found, fmt::join(others, " or "));
}

OptionNames with(OptionNames names, const OptionNames& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

}  // namespace can::cli
