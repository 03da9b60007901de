// SPDX-License-Identifier: MIT
#include "libcan/remote/token.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>

#include "cansuite/server.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

std::string read_token(const std::string& path) {
  std::ifstream file(path);
  if (!file) fail_errno(path, errno);
  keep_as_input(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty() || line.size() > kLongestText)
    fail(Errc::invalid, "{}: expected a token of 1 to {} bytes in the first line", path,
         kLongestText);
  return line;
}

bool same_token(std::string_view a, std::string_view b) {
  unsigned difference = a.size() != b.size() ? 1 : 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference |= static_cast<std::uint8_t>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace can::remote
