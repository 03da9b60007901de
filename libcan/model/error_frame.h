// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "libcan/model/message.h"

namespace can {

/// What an error frame says, in words, a line each class: "protocol violation: bit stuffing error,
/// while sending, at the ACK slot". Empty for a frame that is none.
/// Source: linux/can/error.h of Linux 6.1, whose fields all of cansuite's error frames have.
std::vector<std::string> error_words(const Message& message);

}  // namespace can
