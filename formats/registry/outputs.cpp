// SPDX-License-Identifier: MIT
#include "formats/registry/outputs.h"

#include <fmt/core.h>

#include <filesystem>

#include "formats/registry/part_name.h"

namespace can {
namespace {

/// drive_partial.asc, or with a number where that exists.
std::string partial_name(const std::string& path, const Format& format) {
  const PartName name(path, format);
  std::string partial = name.of("partial");
  for (int number = 2; std::filesystem::exists(partial); ++number)
    partial = name.of(fmt::format("partial{}", number));
  return partial;
}

}  // namespace

void Outputs::commit() {
  for (Replacement& file : files_) file.commit();
  files_.clear();
}

std::vector<std::string> Outputs::commit_beside() {
  std::vector<std::string> notices;
  for (Replacement& file : files_) {
    if (!file.replaces()) {
      file.commit();
      continue;
    }
    const std::string partial = partial_name(file.name(), format_);
    file.commit_as(partial);
    notices.push_back(
        fmt::format("{} is as it was, {} has what stood before", file.name(), partial));
  }
  files_.clear();
  return notices;
}

}  // namespace can
