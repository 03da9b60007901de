// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cansuite/stream.h"

namespace can {

/// The bytes of `source` up to its last newline: a line that a power cut left may read as a whole
/// one with other data. `on_cut` is told the number of bytes left out, if any.
std::unique_ptr<Source> whole_lines(std::unique_ptr<Source> source,
                                    std::function<void(std::size_t bytes)> on_cut);

}  // namespace can
