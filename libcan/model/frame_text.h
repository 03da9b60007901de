// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/message_text.h"

namespace can {

/// Writes the id as candump shows it, 3 or 8 digits; returns the place behind it.
char* put_frame_id(char* at, const Message& message);

/// As format_frame, into a buffer with room for kLongestFrameText; returns the place behind it.
char* put_frame(char* at, const Message& message);
constexpr std::size_t kLongestFrameText = 8 + 3 + 128 + 2;

}  // namespace can
