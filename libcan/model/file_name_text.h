// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can {

/// `text` for a file name: '/', '%' and control characters become "%2F" and so on. Different texts
/// stay different. "." and ".." stay: the name of a file needs more than this text.
std::string file_name_text(std::string_view text);

}  // namespace can
