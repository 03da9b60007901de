// SPDX-License-Identifier: MIT
#include "apps/file_name.h"

#include <string_view>

namespace can::cli {
namespace {

constexpr std::string_view kPlaces = "YymdHMSjFTsaAbBzZ%";

}  // namespace

std::string dated(const std::string& name, std::time_t time) {
  std::tm local{};
  ::localtime_r(&time, &local);
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool place =
        name[i] == '%' && i + 1 < name.size() && kPlaces.find(name[i + 1]) != kPlaces.npos;
    if (!place) {
      text += name[i];
      continue;
    }
    const char format[] = {'%', name[++i], '\0'};
    char room[64];
    text.append(room, std::strftime(room, sizeof room, format, &local));
  }
  return text;
}

}  // namespace can::cli
