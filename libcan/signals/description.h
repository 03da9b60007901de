// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cansuite/signals.h"

namespace can::signals {

/// A message and its signals as a JSON object in one line: canconvert --describe.
std::string describe(const MessageDefinition& message);

}  // namespace can::signals
