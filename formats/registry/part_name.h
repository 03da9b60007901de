// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cansuite/formats.h"
#include "libcan/model/file_name_text.h"

namespace can {

/// The path of a log in two parts. The names of its parts are inserted between them.
struct PartName {
  std::string stem;  ///< "logs/drive.v2"
  std::string
      suffix;  ///< ".asc.gz": the extension of the format, else the last one, and ".gz" or ".zst"

  PartName(const std::string& path, const Format& format);

  /// "logs/drive.v2_can0.asc.gz"; `part` is a result of file_name_text().
  std::string of(std::string_view part) const;
};

}  // namespace can
