// SPDX-License-Identifier: MIT
#include "formats/registry/part_name.h"

#include <fmt/core.h>

#include "formats/support/packing.h"
#include "libcan/model/ascii.h"

namespace can {
namespace {

/// The position of the extension in a file name.
std::size_t extension_at(std::string_view name, const Format& format) {
  const std::size_t packed = name.size() - packing_of(name).size();
  name = name.substr(0, packed);
  for (const std::string_view extension : format.extensions)
    if (name.ends_with(extension) && name.size() > extension.size())
      return name.size() - extension.size();
  const std::size_t dot = name.find_last_of('.');
  return dot == name.npos || dot == 0 ? packed : dot;
}

}  // namespace

PartName::PartName(const std::string& path, const Format& format) {
  const std::size_t name = path.find_last_of('/') + 1;
  const std::size_t extension = name + extension_at(to_lower(path.substr(name)), format);
  stem = path.substr(0, extension);
  suffix = path.substr(extension);
}

std::string PartName::of(std::string_view part) const {
  return fmt::format("{}_{}{}", stem, part, suffix);
}

}  // namespace can
