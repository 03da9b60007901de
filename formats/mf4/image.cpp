// SPDX-License-Identifier: MIT
#include "formats/mf4/image.h"

namespace can::mf4 {

std::uint64_t Image::add(std::string_view type, std::initializer_list<std::uint64_t> links,
                         std::string_view data) {
  const std::uint64_t offset = base_ + bytes_.size();
  bytes_.append("##").append(type).append(4, '\0');
  append(bytes_, std::uint64_t{24 + 8 * links.size() + data.size()});
  append(bytes_, std::uint64_t{links.size()});
  for (const std::uint64_t link : links) append(bytes_, link);
  bytes_.append(data);
  bytes_.append((8 - bytes_.size() % 8) % 8, '\0');
  return offset;
}

std::uint64_t Image::add_text(std::string_view text) {
  std::string data(text);
  data.append(8 - data.size() % 8, '\0');  // at least one zero
  return add(text.starts_with('<') ? "MD" : "TX", {}, data);
}

}  // namespace can::mf4
