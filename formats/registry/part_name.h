// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "formats/support/format.h"

namespace can {

/// The path of a log in two: parts of the log are named between them.
struct PartName {
  std::string stem;    ///< "logs/drive.v2"
  std::string suffix;  ///< ".asc.gz": the format's extension, else the last one, and ".gz"

  PartName(const std::string& path, const Format& format);

  /// "logs/drive.v2_can0.asc.gz"; `part` as file_name_text() makes it.
  std::string of(std::string_view part) const;
};

/// `text` as a part of a file name: '/', '%' and control characters as "%2F" and the like, so that
/// different texts stay different.
std::string file_name_text(std::string_view text);

}  // namespace can
