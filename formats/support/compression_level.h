// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/option.h"

namespace can {

/// How hard a log is compressed with deflate. The preset is the fastest level within 3 % of the
/// size of zlib's 6.
inline constexpr Option kCompressionLevel = {.name = "compression-level",
                                             .help = "0 none to 9 best",
                                             .kind = OptionKind::number,
                                             .preset = "4",
                                             .min = 0,
                                             .max = 9};

}  // namespace can
