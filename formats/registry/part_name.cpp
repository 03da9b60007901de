// SPDX-License-Identifier: MIT
#include "formats/registry/part_name.h"

#include <fmt/core.h>

namespace can {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Where the extension begins in the name of a file.
std::size_t extension_at(std::string_view name, const Format& format) {
  const std::size_t packed = name.ends_with(".gz") ? name.size() - 3 : name.size();
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
  const std::size_t extension = name + extension_at(lower(path.substr(name)), format);
  stem = path.substr(0, extension);
  suffix = path.substr(extension);
}

std::string PartName::of(std::string_view part) const {
  return fmt::format("{}_{}{}", stem, part, suffix);
}

std::string file_name_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '%' || byte < ' ' || byte == 0x7F)
      out += fmt::format("%{:02X}", byte);
    else
      out += c;
  }
  return out;
}

}  // namespace can
