// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <string>

#include "libcan/model/message.h"

namespace can {

/// A message as python-can prints it, without a newline; the line of the log format "printer":
/// "Timestamp:        0.000000        ID: 0064    000    DLC: 0".
std::string to_string(const Message& message);
std::ostream& operator<<(std::ostream& out, const Message& message);

}  // namespace can
